"""How long all rules take on a region made by SQL. Prints seconds, memory and a ratio; fails nobody.

python -m benchmarks.rules                    1/100 of a region: 90,000 lines in the month, 1.1 million in the year
python -m benchmarks.rules --scale 0.01 0.1   also prints how time grows with size (exponent)
python -m benchmarks.rules --scale 1          the whole region: 9 million lines, 110 million in the year, 5 million people
"""

from __future__ import annotations

import argparse
import itertools
import math
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables, database, findings

PEOPLE = 5_000_000
LINES_A_MONTH = 9_170_000
MONTHS = 12
COUNTIES = 111
LIMIT_SECONDS, LIMIT_GIB = 90, 12

# Everything is a function of the person's number: the same scale gives the same rows.
PERSON = "md5('p' || {0})::uuid"
COUNTY = "'45' || lpad((({0} // 3) % {counties} + 1)::varchar, 4, '0')"
VILLAGE = "{county} || lpad((({0} // 3) % 12 + 1)::varchar, 3, '0') || lpad((({0} // 36) % 12 + 201)::varchar, 3, '0')"


@dataclass
class Timing:
    """One size's seconds: `read` is a bare DuckDB pass over the same lines."""

    scale: float
    lines: int
    read: float
    prepare: float
    rules: dict[str, float]
    write: float
    found: int
    gib: float

    @property
    def total(self) -> float:
        """Seconds of everything a run does after loading."""
        return self.prepare + sum(self.rules.values()) + self.write


def sql(text: str, number: str = "i") -> str:
    """Fill in person, county and village of the person numbered `number`."""
    county = COUNTY.format(number, counties=COUNTIES)
    village = VILLAGE.format(number, county=f"({county})")
    return text.replace("@person", PERSON.format(number)).replace("@county", county).replace("@village", village)


def build(connection: duckdb.DuckDBPyConnection, scale: float) -> None:
    """Make people, households, twelve months of lines, and the registers, in SQL."""
    people, lines = round(PEOPLE * scale), round(LINES_A_MONTH * scale)
    run = connection.execute
    run("create table months as select date '2025-11-01' + to_months(n::int) as month, n from range(?) t(n)", [MONTHS])
    for number in range(MONTHS):
        # as loading leaves them: the lines of one delivery lie together
        run(
            sql(
                """insert into payment_lines by name
            select 'd' || m.n || '/' || k as line_id, 'd' || m.n || '-' || (@county) || programme as delivery_id,
                   @county as county_code, m.month::date as month, 'accepted' as status, @village as village_code,
                   '一组' as group_name, 'n' || i as recipient_name, @person as recipient_id,
                   md5('p' || (i // 3 * 3))::uuid as head_id, 'n' || i as payee_name, @person as payee_id,
                   md5('a' || i)::uuid as account_id, m.month::date as period_from, m.month::date as period_to,
                   (m.month + interval 24 days)::date as paid_on, 'paid' as state, p.fen as standard_fen, 1.0 as quantity,
                   case when programme = 'dibao_rural' then 3 end as household_size,
                   p.fen + case when k % 20011 = 0 then 700 else 0 end as amount_fen, p.programme
            from months m, (select k, k % $people as i, k // $people as slot from range($lines) t(k)) t
            join (values (0, 0, 'dibao_rural', 43000), (0, 1, 'old_age', 5000), (0, 2, 'disabled_living', 8000),
                         (0, 3, 'price_subsidy', 3000), (0, 4, 'public_post', 100000), (0, 5, 'veterans_pension', 60000),
                         (0, 6, 'reservoir_migrant', 60000), (1, 0, 'price_subsidy', 3000), (1, 1, 'disabled_care', 8000),
                         (1, 2, 'veterans_pension', 60000), (1, 3, 'family_plan_reward', 8000),
                         (1, 4, 'elder_service', 5000), (1, 5, 'border_resident', 20000), (1, 6, 'transport_out', 30000)
                 ) p(slot, kind, programme, fen)
              on p.slot = t.slot and p.kind = case when i % 12 = 0 and t.slot = 0 then 0 else greatest(i % 7, 1 - t.slot) end
            where m.n = $number
            order by county_code, programme, k"""
            ),
            {"people": people, "lines": lines, "number": number},
        )
    run(
        "insert into deliveries by name select distinct delivery_id, county_code, month, 'roster' as kind from payment_lines"
    )
    register = "'r/' || '{0}/' || i as record_id, '{0}-' || (@county) as delivery_id, @county as county_code"
    as_of = "date '2026-10-01' as month, 'accepted' as status, date '2026-10-31' as as_of"
    few = "from (select unnest(range(0, $people, {0})) as i)"
    own = f"@person as person_id, {as_of}"
    tables = {
        "population": f"'h' || (i // 3) as household_no, case when i % 3 = 0 then '户主' else '子' end as relation, "
        f"@village as village_code, {own} {few.format(1)}",
        "deaths": f"date '2026-08-05' as died_on, {own} {few.format(1009)}",
        "cremations": f"date '2026-08-05' as died_on, {own} {few.format(2018)}",
        "custody": f"'服刑' as custody_kind, date '2026-01-05' as from_on, {own} {few.format(5003)}",
        "vehicles": f"'P' || i as plate, '小型轿车' as vehicle_type, 5000000 as value_fen, {own} {few.format(1013)}",
        "property": f"'C' || i as certificate_no, '住宅' as property_type, {own} {few.format(3)}",
        "business": f"'个体工商户' as business_type, 100000 as capital_fen, {own} {few.format(1019)}",
        "officials": f"'村委会委员' as position, {own} {few.format(997)}",
        "kin": f"md5('p' || (i + 12))::uuid as kin_id, '父母' as relation, {own} {few.format(1997)}",
        "civil_affairs_rolls": f"'低保' as roll, true as is_counted, {own} {few.format(1)} where i % 12 < 3",
        "disability": f"'三级' as disability_level, {own} {few.format(7)}",
        "land_rights": f"'plot' || i as plot_code, 3.0 as area_mu, {own} {few.format(3)}",
        "land_transfers": f"'plot' || i as plot_code, 1.0 as area_mu, @person as holder_id, "
        f"md5('p' || (i + 3))::uuid as tenant_id, {as_of} {few.format(30)}",
        "monitoring": f"'脱贫户' as list_kind, {own} {few.format(1)} where i % 7 in (0, 4) and i % 1009 > 0",
        "enrolment": f"'甲校' as school, {own} {few.format(11)}",
        "agreements": f"'监护' as agreement_kind, md5('a' || i)::uuid as account_id, {own} {few.format(501)}",
    }
    for slug, columns in tables.items():
        run(sql(f"insert into register_{slug} by name select {register.format(slug)}, {columns}"), {"people": people})
    for slug, column, kind, step in (
        ("public_payroll", "pay_month", "staff_kind", 53),
        ("social_insurance", "paid_month", "payer_kind", 17),
    ):
        word = "在职" if slug == "public_payroll" else "单位职工"
        # nearly everybody with a wage lives outside the programmes; a thousandth does not
        run(
            sql(
                f"""insert into register_{slug} by name
                select 'r/{slug}/' || n || '/' || i as record_id, '{slug}-' || (@county) as delivery_id,
                       @county as county_code, date '2026-10-01' as month, 'accepted' as status, date '2026-10-31' as as_of,
                       case when i % 2003 = 0 then @person else md5('w' || i)::uuid end as person_id,
                       '某单位' as employer, '{word}' as {kind}, m.month::date as {column}
                from months m, (select unnest(range(0, $people, {step})) as i)"""
            ),
            {"people": people},
        )
    run(
        """create table household_members as
        select person_id, county_code || ':' || household_no as household_id, county_code, village_code, relation,
               valid_from, valid_to, as_of from register_population"""
    )
    run(
        sql(
            """insert into identity by name select @person as person_id,
            -- the old draw what the old draw; one in ten thousand is too young for it
            case when i % 7 < 2 and i % 12 > 0 then date '1932-01-01' when i % 7 = 4 then date '1952-01-01'
                 else date '1963-01-01' end
            + case when i % 9973 = 1 then 9000 else i % 4000 end::int as born_on, case when i % 2 = 0 then '男' else '女' end as sex
            from range($people) t(i)"""
        ),
        {"people": people},
    )
    run(
        """insert into fund_flows by name
        with sums as (select county_code, programme, month, sum(amount_fen)::bigint as fen from payment_lines group by all),
        hops as (select *, row_number() over (order by county_code, programme, month) as n from sums)
        select hop || n as line_id, 'f-' || county_code as delivery_id, county_code, date '2026-10-01' as month,
               'accepted' as status, hop, hop || n as document_no, case hop when '支付' then '拨付' || n when '拨付' then '指标' || n end as parent_document_no,
               programme, (month + to_days(day))::date as dated_on, fen as amount_fen, month as batch_month
        from hops, (values ('指标', 1), ('拨付', 5), ('支付', 24)) h(hop, day)"""
    )
    run(
        """insert into notices by name
        select 'n/' || row_number() over () as line_id, 'n-' || county_code as delivery_id, county_code,
               date '2026-10-01' as month, 'accepted' as status, programme, village_code, '初审公示' as stage,
               (month + to_days(2))::date as begins_on, (month + to_days(20))::date as ends_on
        from (select distinct county_code, programme, village_code, month from payment_lines)"""
    )
    run("checkpoint")


def measure(scale: float, folder: Path, threads: int) -> Timing:
    """Build one size, run every rule on it, and time the parts."""
    path = folder / f"region-{scale}.duckdb"
    with duckdb.connect(
        str(path), config={"threads": threads, "memory_limit": "9GiB", "temp_directory": str(folder)}
    ) as connection:
        database.create(connection, catalogue())
        build(connection, scale)
        lines = connection.execute("select count(*) from payment_lines").fetchone() or (0,)
        start = time.perf_counter()
        connection.execute(
            "select programme, month, count(distinct recipient_id), sum(amount_fen) from payment_lines group by all"
        ).fetchall()
        read = time.perf_counter() - start
        rules = load_rules()
        start = time.perf_counter()
        catalogue_tables.write(connection, catalogue())
        prepare_rules(connection, rules)
        prepared = time.perf_counter() - start
        seconds, results = {}, []
        for rule in rules:
            start = time.perf_counter()
            results.append(run_rule(connection, rule))
            seconds[f"{rule.id} {rule.slug}"] = time.perf_counter() - start
        start = time.perf_counter()
        findings.write(connection, results)
        written = time.perf_counter() - start
    path.unlink()
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    found = sum(result.flagged for result in results)
    return Timing(scale, lines[0], read, prepared, seconds, written, found, gib)


def report(timing: Timing, worst: int = 8) -> str:
    """Return one size's figures in words."""
    slowest = sorted(timing.rules.items(), key=lambda item: -item[1])[:worst]
    return "\n".join(
        [
            f"scale {timing.scale:g}: {timing.lines:,} lines, {timing.found:,} findings",
            f"  all rules {timing.total:.1f} s (prepare {timing.prepare:.1f}, write {timing.write:.1f}); "
            f"{timing.total / timing.read:.0f} × one bare grouped pass ({timing.read:.2f} s); peak {timing.gib:.1f} GiB",
            *(f"  {seconds:7.2f} s  {name}" for name, seconds in slowest),
        ]
    )


def main() -> None:
    """Measure the sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, nargs="+", default=[0.01])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the scratch databases lie; a whole region needs about 40 GB")
    options = parser.parse_args()
    timings = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for scale in sorted(options.scale):
            timings.append(measure(scale, Path(folder), options.threads))
            print(report(timings[-1]), flush=True)
    for small, large in itertools.pairwise(timings):
        exponent = math.log(large.total / small.total) / math.log(large.scale / small.scale)
        print(f"growth {small.scale:g} → {large.scale:g}: exponent {exponent:.2f} (goal ≤ 1.05)")
    whole = next((t for t in timings if t.scale >= 1), None)
    if whole:
        print(f"goal {LIMIT_SECONDS} s and {LIMIT_GIB} GiB: {whole.total:.0f} s, {whole.gib:.1f} GiB")


if __name__ == "__main__":
    main()
