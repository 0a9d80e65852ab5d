"""How long the money chain and the flow rules take on a region made by SQL. Prints seconds and a ratio; fails nobody.

python -m benchmarks.funds                1/100 of a region's lines; all its documents
python -m benchmarks.funds --scale 1      111 counties, 60 programmes, 12 months, 9 million lines a month
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import duckdb

from checks.money import delays
from checks.money.chain import BALANCES
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from mingzhang.catalog.load import catalogue
from mingzhang.warehouse import catalogue_tables, database, fund_moves, households

COUNTIES, PROGRAMMES, MONTHS, VILLAGES = 111, 60, 12, 145
LINES_A_MONTH = 9_170_000
LIMIT_SECONDS = 30
FLOW_RULES = ("F05", "I", "J")

# Villages, programmes and people are functions of the line's number, so the same scale gives the same rows. The lines of one
# delivery lie together, as loading leaves them. One person in two hundred enters in the course of the year.
LINES = """
    insert into payment_lines by name
    with numbered as (
        select n // ($programmes * $each) as c, n // $each % $programmes as slot,
               c + $counties * (slot + $programmes * (n % $each)) as k, k % 5000000 as i
        from range($counties * $programmes * $each) t(n))
    select 'd' || m.n || '-' || county || '-' || slot || '/1/' || k as line_id, 'd' || m.n || '-' || county || '-' || slot as delivery_id,
           county as county_code, m.month, 'accepted' as status, p.slug as programme,
           county || '1' || lpad((k // 7919 % 12)::varchar, 2, '0') || '2' || lpad((k % $villages // 12)::varchar, 2, '0') as village_code,
           md5(i::varchar)::uuid as recipient_id, md5(i::varchar)::uuid as payee_id, md5('a' || i)::uuid as account_id,
           m.month as period_from, m.month as period_to, (m.month + interval 24 days)::date as paid_on, 'paid' as state,
           1.0 as quantity, 30000 + k % 97 * 100 as amount_fen
    from (select *, '45' || lpad((c + 1)::varchar, 4, '0') as county from numbered), bench_months m, bench_programmes p
    where p.number = slot and m.n = $month and (i % 200 > 0 or m.n >= i % 12)"""
# Whoever draws dibao or tekun is on the roll: most confirmed years ago, one in forty in the year.
ROLL = """
    insert into register_civil_affairs_rolls by name
    select 'r/1/' || row_number() over () as record_id, 'roll-' || county_code as delivery_id, county_code,
           (select max(month) from bench_months) as month, 'accepted' as status, last_day((select max(month) from bench_months)) as as_of, roll, person_id,
           'Z' || hash(person_id) % 2000000 as case_no, true as is_counted,
           case when hash(person_id) % 40 = 0 then date '2025-12-05' + (hash(person_id) // 40 % 300)::int
                else date '2016-01-05' + (hash(person_id) // 40 % 3000)::int end as valid_from
    from (select recipient_id as person_id, min(county_code) as county_code,
                 min(case when starts_with(programme, 'dibao_') then '低保' else '特困' end) as roll
          from payment_lines where starts_with(programme, 'dibao_') or starts_with(programme, 'tekun_') group by all)"""
# Quota by the year, allocation, payment order and voucher by the month; a tenth is allocated by township from two quotas,
# some comes back and is sent again.
DOCUMENTS = """
    insert into fund_flows by name
    with sums as (
        select county_code, programme, month, sum(amount_fen)::bigint as fen from payment_lines group by all),
    quotas as (
        select *, row_number() over (order by county_code, programme, season) as number
        from (select county_code, programme, year(month) as season, sum(fen)::bigint as fen from sums group by all)),
    batches as (
        select s.*, q.number as quota, row_number() over (order by s.county_code, s.programme, s.month) as number
        from sums s join quotas q on q.county_code = s.county_code and q.programme = s.programme and q.season = year(s.month)),
    hops as (
        select county_code, programme, '指标' as hop, 'Q' || number || part as document_no, null as parent_document_no,
               make_date(season, 1, 2) as dated_on, case part when 'a' then fen - fen // 3 else fen // 3 end as amount_fen,
               null::date as batch_month, '' as town_code
        from quotas, (values ('a'), ('b')) t(part)
        union all
        select county_code, programme, '下达', 'A' || number, 'Q' || quota || 'a、Q' || quota || 'b', (month + interval 3 days)::date,
               case when number % 10 = 0 then fen // 4 + case when town = 0 then fen % 4 else 0 end else fen end, null,
               case when number % 10 = 0 then county_code || '10' || town else '' end
        from batches, range(4) t(town) where number % 10 = 0 or town = 0
        union all
        select county_code, programme, '拨付', 'O' || number, 'A' || number, (month + interval 11 days)::date, fen, null, '' from batches
        union all
        select county_code, programme, '支付', 'V' || number, 'O' || number, (month + interval 24 days)::date, fen, month, '' from batches
        union all
        select county_code, programme, hop, hop || number, 'V' || number, (month + to_days(after::integer))::date, fen // 100, month, ''
        from batches, (values ('退回', 28), ('重发', 45)) t(hop, after) where number % 5 = 0)
    select *, 'f/1/' || row_number() over () as line_id, 'f-' || county_code as delivery_id, (select max(month) from bench_months) as month,
           'accepted' as status, '2081902' as function_class from hops"""
NOTICES = """
    insert into notices by name
    select 'n/1/' || row_number() over () as line_id, 'n-' || county_code as delivery_id, county_code,
           (select max(month) from bench_months) as month, 'accepted' as status, programme, village_code, stage,
           (month + to_days(begins::integer))::date as begins_on, (month + to_days(ends::integer))::date as ends_on
    from (select distinct county_code, programme, village_code, month from payment_lines),
         (values ('初审公示', 2, 19), ('结果公示', 27, 87)) t(stage, begins, ends)"""


def build(connection: duckdb.DuckDBPyConnection, scale: float) -> None:
    """Make the lines of a part of the region's people, and every document and notice that speaks of them."""
    slugs = [*catalogue().programmes, *(f"other_{number}" for number in range(PROGRAMMES))]
    rows = list(enumerate(slugs[:PROGRAMMES]))
    connection.execute("set preserve_insertion_order = false")
    connection.execute("create temp table bench_programmes (number integer, slug varchar)")
    connection.executemany("insert into bench_programmes values (?, ?)", rows)
    connection.execute(
        "create temp table bench_months as select (date '2025-11-01' + to_months(n::integer))::date as month, n from range(?) t(n)",
        [MONTHS],
    )
    sizes = {
        "counties": COUNTIES,
        "programmes": PROGRAMMES,
        "villages": VILLAGES,
        "each": max(round(LINES_A_MONTH * scale / COUNTIES / PROGRAMMES), 1),
    }
    for month in range(MONTHS):
        connection.execute(LINES, {**sizes, "month": month})
    connection.execute(ROLL)
    households.refresh(connection)  # leaves it empty: the roll gives the households
    connection.execute(DOCUMENTS)
    connection.execute(NOTICES)
    connection.execute(
        """insert into deliveries by name
        select distinct delivery_id, county_code, month, 'roster' as kind from payment_lines
        union all
        select distinct delivery_id, county_code, month, 'register' from register_civil_affairs_rolls"""
    )
    connection.execute("checkpoint")


def measure(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Return the seconds of each part; `bare pass` groups the same lines without asking anything."""
    seconds: dict[str, float] = {}

    def timed(name: str, start: float) -> None:
        seconds[name] = time.perf_counter() - start

    start = time.perf_counter()
    connection.execute(
        "select county_code, programme, month, count(distinct recipient_id), sum(amount_fen) from payment_lines group by all"
    ).fetchall()
    timed("bare pass", start)
    rules = load_rules()
    chosen = [rule for rule in rules if rule.kind == "flow" and rule.id.startswith(FLOW_RULES)]
    catalogue_tables.write(connection, catalogue())
    start = time.perf_counter()
    fund_moves.refresh(connection)
    timed("moves", start)
    start = time.perf_counter()
    connection.execute(f"create or replace temp table balances as {BALANCES}")
    delays.write(connection, rules)
    timed("balances and delays", start)
    start = time.perf_counter()
    prepare_rules(connection, chosen)
    timed("prepare", start)
    for rule in chosen:
        start = time.perf_counter()
        flagged = run_rule(connection, rule).flagged
        timed(f"{rule.id} {rule.slug} ({flagged:,} found)", start)
    return seconds


def main() -> None:
    """Build one size, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the scratch database lies; a whole region needs about 25 GB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        config = {"threads": options.threads, "memory_limit": "9GiB", "temp_directory": folder}
        with duckdb.connect(f"{folder}/region.duckdb", config=config) as connection:
            database.create(connection, catalogue())
            build(connection, options.scale)
            counts = "select (select count(*) from payment_lines), (select count(*) from fund_flows)"
            ((lines, documents),) = connection.execute(counts).fetchall()
            started = time.process_time()
            seconds = measure(connection)
            cpu = time.process_time() - started
    bare = seconds.pop("bare pass")
    total = sum(seconds.values())
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{lines:,} lines, {documents:,} documents, {options.threads} threads")
    print(
        f"chain and flow rules {total:.1f} s = {total / bare:.1f} × one bare grouped pass ({bare:.1f} s); {cpu:.0f} s CPU with it, peak {gib:.1f} GiB"
    )
    for name, value in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"  {value:7.2f} s  {name}")
    if options.scale >= 1:
        print(f"goal {LIMIT_SECONDS} s: {total:.0f} s")


if __name__ == "__main__":
    main()
