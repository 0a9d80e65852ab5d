"""Lists of class B for the village board: who may be named on paper, and with what. Nothing goes to the web from here."""

from __future__ import annotations

import datetime as dt

import duckdb

from mingzhang.catalog.load import Catalogue
from mingzhang.publishing.release.notices import named
from mingzhang.publishing.release.schema import NotInPolicyError
from mingzhang.publishing.release.tables import basis_text, public_class
from mingzhang.publishing.staff_tables import BoardLines, BoardProgrammes, Offices
from mingzhang.storage.clock import beijing_day
from mingzhang.warehouse.declaration import column_names, fill_temporary

# Place and batch tell lists apart, ids whose name is withheld later on; neither is printed.
NOT_PRINTED = {"county_code", "batch_id", "person_id", "recipient_id", "head_id", "payee_id"}
SHOWN = tuple(name for name in column_names(BoardLines) if name not in NOT_PRINTED)

LINES = (
    f"""
    create or replace temp table board_lines as
    select {", ".join(column_names(BoardLines))} from ("""
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
    fill_temporary(connection, BoardProgrammes, boards)
    fill_temporary(connection, Offices, [(code, o.office, o.phone) for code, o in sorted(catalogue.offices.items())])
    connection.execute(LINES, {"today": beijing_day(now), "age": int(catalogue.disclosure["adult_age"])})
