"""Builds the public tables from certified batches: totals, rounded cells, flow, places, programmes. No names here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from checks.frames import registered
from checks.money import chain
from checks.privacy.county_cells import CellPolicy, county_cells
from checks.rules.header import load_rules
from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release import schema as release_schema
from mingzhang.warehouse import reconciliation
from mingzhang.warehouse.declaration import Table, ddl, frame_schema, name_of

QUERIES = Path(__file__).with_name("sql")

RELEASED = QUERIES / "released.sql"

TOTALS = QUERIES / "village_totals.sql"

UNNAMED = """
    (select county_code, programme, month, recipient, sum(paid_fen - returned_fen)::bigint as fen
     from released where class <> 'N' group by all having fen > 0)"""

FLOW = QUERIES / "flow.sql"

# How many days money took to reach a hop, counted over its documents, and what was still there when the month ended.
# Class N as it is; A and B only beside a cell that is published, without the number of documents, money rounded.
DELAYS = f"""
    with taken as (
        select county_code, programme, hop, month, count(distinct line_id) as documents,
               quantile_disc(days, 0.5)::bigint as median_days, quantile_disc(days, 0.9)::bigint as most_days
        from (select *, greatest(date_diff('day', from_on, moved_on), 0) as days from fund_moves
              where from_hop <> hop and fen > 0 and hop in ('下达', '拨付', '支付', '重发')) group by all),
    unmoved as (
        select county_code, programme, hop, month, greatest(closing_fen, 0) as standing_fen
        from ({chain.BALANCES}) where hop not in ('支付', '重发')),
    known as (
        select county_code, programme, hop, month, documents, median_days, most_days, coalesce(standing_fen, 0) as standing_fen
        from taken full join unmoved using (county_code, programme, hop, month)
        where documents > 0 or standing_fen > 0)
    select k.county_code, k.programme, hop, k.month, case when class = 'N' then documents end as documents,
           median_days, most_days,
           case when class = 'N' then standing_fen
                else ((standing_fen + $step // 2) // $step * $step)::bigint end as standing_fen
    from known k join public_programmes c using (programme)
    where exists (select 1 from released r where r.county_code = k.county_code and r.programme = k.programme)
      and (class = 'N' or exists (
          select 1 from public_cells x
          where x.county_code = k.county_code and x.programme = k.programme and x.month = k.month))
    order by all"""

PLACES = QUERIES / "places.sql"


def cell_policy(catalogue: Catalogue) -> CellPolicy:
    """Return the thresholds of disclosure.yml."""
    return CellPolicy(**catalogue.disclosure["cells"])


def public_class(catalogue: Catalogue) -> dict[str, str]:
    """Return the disclosure class per programme; what is never named is A whatever its own file says."""
    never = {entry["slug"] for entry in catalogue.disclosure["never_named"]}
    return {
        slug: "A" if slug in never or programme.for_minors else programme.disclosure
        for slug, programme in catalogue.programmes.items()
    }


def select_released(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, certified: Collection[str]
) -> dict[str, int]:
    """Make temp table `released`: accepted, paid lines of certified batches with their disclosure class.

    Returns:
        Number of batches and lines.

    Raises:
        ReconciliationError: a certified line was lost or doubled on the way here.
    """
    classes = public_class(catalogue)
    programmes = [(slug, classes[slug], p.payment_unit, p.unit) for slug, p in catalogue.programmes.items()]
    divisions = [(place.code, place.name, place.parent, place.level) for place in catalogue.places]
    _temporary(connection, "public_certified", ["batch_id"], [(batch,) for batch in sorted(certified)])
    _temporary(connection, "public_programmes", ["programme", "class", "payment_unit", "unit"], programmes)
    _temporary(connection, "public_divisions", ["code", "name", "parent", "level"], divisions)
    connection.execute(_text(RELEASED))
    fed = connection.execute("select batch_id, count(*), sum(amount_fen)::bigint from released group by 1").fetchall()
    reconciliation.require(
        reconciliation.check_release(connection, sorted(certified), {row[0]: (row[1], row[2]) for row in fed})
    )
    ((batches, lines),) = connection.execute("select count(distinct batch_id), count(*) from released").fetchall()
    return {"batches": batches, "lines": lines}


def write(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    counted: dict[str, int],
    earlier: pl.DataFrame | None,
    waivers: Iterable[tuple[str, str, str, str]] = (),
) -> None:
    """Fill `public_out`, an attached empty database, with every table but `notices`.

    Args:
        connection: holds `released`.
        catalogue: programmes, standards, offices and disclosure rules.
        counted: what `select_released` returned.
        earlier: the county cells of the release before.
        waivers: checks of intake that were let pass, as rows of `policy`.
    """
    for declared in release_schema.PUBLIC_TABLES:
        connection.execute(f"create table public_out.{name_of(declared)} ({ddl(declared)})")
    policy = cell_policy(catalogue)
    cells = county_cells(connection, UNNAMED, policy, earlier)
    with registered(connection, "public_cells", cells):
        connection.execute("insert into public_out.county_cells by name select * from public_cells")
        connection.execute(f"insert into public_out.village_totals by name {_text(TOTALS)}")
        connection.execute(f"insert into public_out.flow by name {_text(FLOW)}", {"step": policy.round_yuan * 100})
        chain.derive(connection, ["fund_moves"])
        connection.execute(f"insert into public_out.fund_delays by name {DELAYS}", {"step": policy.round_yuan * 100})
        connection.execute(f"insert into public_out.places by name {_text(PLACES)}")
    for table, rows in _catalogue_rows(connection, catalogue, counted, policy, waivers).items():
        frame = pl.DataFrame(rows, schema=frame_schema(table), orient="row")
        with registered(connection, "incoming_rows", frame):
            connection.execute(f"insert into public_out.{name_of(table)} by name select * from incoming_rows")


def _catalogue_rows(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    counted: dict[str, int],
    policy: CellPolicy,
    waivers: Iterable[tuple[str, str, str, str]],
) -> dict[type[Table], list[tuple[Any, ...]]]:
    classes = public_class(catalogue)
    (months,) = connection.execute("select min(month), max(month) from released").fetchall()
    used = {row[0] for row in connection.execute("select distinct county_code from released").fetchall()}
    limits = (policy.threshold, policy.round_people, policy.round_yuan)
    return {
        release_schema.Meta: [
            (release_schema.VERSION, *months, catalogue.version, counted["batches"], counted["lines"], *limits)
        ],
        release_schema.Programmes: [
            (
                *(slug, p.code, p.name, p.category, p.department, p.payment_unit, p.unit, p.frequency, classes[slug]),
                *(p.fixed_rate, p.notice.days, p.notice.result_days, p.notice.day_kind),
                *(p.who, p.how, basis_text(p.basis)),
            )
            for slug, p in sorted(catalogue.programmes.items())
        ],
        release_schema.Standards: [
            (slug, s.region, s.valid_from, s.valid_to, s.fen, s.band, s.per, s.basis)
            for slug, p in sorted(catalogue.programmes.items())
            for s in p.standards
        ],
        release_schema.Offices: [
            (code, o.office, o.phone, o.address) for code, o in sorted(catalogue.offices.items()) if code in used
        ],
        release_schema.Rules: [
            (r.id, r.title, r.kind, r.basis, r.ask) for r in sorted(load_rules(), key=lambda rule: rule.id)
        ],
        release_schema.Policy: list(_policy_rows(catalogue, waivers)),
    }


def basis_text(entries: Iterable[Any]) -> str:
    """Write legal texts as people cite them; what nobody compared with the gazette says so."""
    return "；".join(
        f"《{e.title}》{f'（{e.number}）' if e.number else ''}{e.article}{'' if e.checked else '（条文待核对）'}"
        for e in entries
    )


def _policy_rows(
    catalogue: Catalogue, waivers: Iterable[tuple[str, str, str, str]]
) -> Iterable[tuple[int, str, str, str, str]]:
    disclosure = catalogue.disclosure
    rows: list[tuple[str, str, str, str]] = []
    for entry in disclosure["classes"].values():
        basis = "；".join(f"《{b['title']}》{b.get('number', '')}{b.get('article', '')}" for b in entry["basis"])
        rows.append(("class", entry["title"], entry["where"], basis))
        shown = [disclosure["labels"][field] for field in entry.get("board", entry["fields"])]
        rows.append(("fields", entry["title"], "、".join(dict.fromkeys(shown)), ""))
    names = {slug: programme.name for slug, programme in catalogue.programmes.items()}
    rows += [("never", "", entry["what"], entry["basis"]) for entry in disclosure["never"]]
    rows += [("never_named", names.get(e["slug"], e["slug"]), e["reason"], "") for e in disclosure["never_named"]]
    rows += [("change", str(entry["date"]), entry["reason"], "") for entry in disclosure["changes"]]
    rows += [
        ("waiver", w["by"], f"放行，到 {w['until']} 为止。理由：{w['reason']}", w["column"])
        for w in disclosure["waivers"]
    ]
    rows += waivers
    return ((position, *row) for position, row in enumerate(rows, start=1))


def _temporary(
    connection: duckdb.DuckDBPyConnection, name: str, columns: list[str], rows: list[tuple[Any, ...]]
) -> None:
    connection.execute(f"create or replace temp table {name} ({', '.join(f'{column} VARCHAR' for column in columns)})")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    with registered(connection, "incoming_rows", frame):
        connection.execute(f"insert into {name} select * from incoming_rows")


def _text(query: Path) -> str:
    return query.read_text(encoding="utf-8")
