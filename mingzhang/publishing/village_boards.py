"""Lists of class B for the village board: who may be named on paper, and with what. Nothing goes to the web from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb
import polars as pl

from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release.notices import named
from mingzhang.publishing.release.schema import NotInPolicyError
from mingzhang.publishing.release.tables import basis_text, public_class
from mingzhang.storage.clock import beijing_day

# Ids say whose name is withheld later on; they are never printed. Place and batch say whose list it is.
KEYS = ("county_code", "batch_id", "person_id", "recipient_id", "head_id", "payee_id")
SHOWN = ("village_code", "programme", "month", "group_name", "name", "amount_fen", "period_from", "period_to")

LINES = (
    f"""
    create or replace temp table board_lines as
    select {", ".join((*KEYS, *SHOWN))} from ("""
    + named(
        """select p.*, b.payment_unit, false as withheld from payments p join board_programmes b using (programme)
        where p.state in ('paid', 'returned', 'refunded') and length(p.village_code) = 12""",
        """county_code, batch_id, recipient_id, head_id, payee_id, village_code, programme, month,
           coalesce(group_name, '') as group_name, coalesce(period_from, month)::date as period_from,
           coalesce(period_to, period_from, month)::date as period_to,
           case when state = 'paid' then amount_fen else 0 end as amount_fen""",
    )
    + ")"
)


def check_policy(catalogue: Catalogue) -> None:
    """Compare what a board list shows with the whitelist in disclosure.yml.

    Raises:
        NotInPolicyError: a column is not listed.
    """
    allowed = catalogue.disclosure["classes"]["B"]["board"]
    for column in SHOWN:
        if column not in allowed:
            raise NotInPolicyError(f"公开字段 {column} 不在披露规则里；请先修改 disclosure.yml 并写明理由。")


def write(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, now: dt.datetime) -> None:
    """Make temp tables `board_programmes`, `board_lines` and `offices` for the staff snapshot.

    Args:
        connection: the warehouse.
        now: who is of age is judged by its day.
    """
    check_policy(catalogue)
    classes = public_class(catalogue)
    boards = [
        (slug, p.payment_unit, p.notice.result_days, p.notice.day_kind, basis_text(p.basis))
        for slug, p in sorted(catalogue.programmes.items())
        if classes[slug] == "B"
    ]
    columns = {"programme": pl.String, "payment_unit": pl.String, "days": pl.Int64, "day_kind": pl.String}
    _table(connection, "board_programmes", boards, columns | {"basis": pl.String})
    offices = [(code, o.office, o.phone) for code, o in sorted(catalogue.offices.items())]
    _table(connection, "offices", offices, dict.fromkeys(("county_code", "office", "phone"), pl.String))
    connection.execute(LINES, {"today": beijing_day(now), "age": int(catalogue.disclosure["adult_age"])})


def _table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: Sequence[tuple[object, ...]],
    schema: dict[str, type[pl.DataType]],
) -> None:
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    connection.register("board_rows", frame.to_arrow())
    connection.execute(f"create or replace temp table {name} as select * from board_rows")
    connection.unregister("board_rows")
