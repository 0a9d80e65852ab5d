"""Writes the content of one delivery into the warehouse in one transaction. Reads no files, no rules about lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from mingzhang.catalog.models import Layout
from mingzhang.intake.lines.file_content import FileContent
from mingzhang.intake.lines.verdict import Counts, counts
from mingzhang.intake.load import corrections, incoming
from mingzhang.intake.load.ledger import LedgerRow
from mingzhang.intake.receive.receipts import Receipt
from mingzhang.warehouse import incoming_lines
from mingzhang.warehouse.declaration import column_names
from mingzhang.warehouse.tables.deliveries import Deliveries
from mingzhang.warehouse.tables.registers import columns_of

SELF_HEADED = {"dibao_roll", "relief_table"}  # no head column: the holder of the certificate is the head
DIRECTIONS = {"bank_batch": "batch", "bank_reply": "reply"}
STATUS = "case when status = 'accepted' then $verdict else status end"
BORN_AND_SEX = ", born_on, case when substr(number, 17, 1)::int % 2 = 1 then '男' else '女' end"
KEYED = {
    "idno": ("identity", "person_id", BORN_AND_SEX),
    "account": ("account", "account_id", ""),
}


@dataclass(frozen=True)
class Entry:
    """What the ledger records of a delivery: its status after the file and the ledger were checked.

    Attributes:
        status: accepted, accepted_with_errors, held, refused, already_received, withdrawn.
    """

    status: str
    reason: str | None
    message: str
    content_hash: str
    inputs_hash: str
    catalogue: str


def commit(
    connection: duckdb.DuckDBPyConnection,
    receipt: Receipt,
    content: FileContent,
    entry: Entry,
    superseding: Sequence[LedgerRow] = (),
) -> Counts:
    """Replace everything the warehouse holds of a delivery, in one transaction.

    Args:
        connection: the warehouse, under its writer, with `person_ids.prepare` done and the lines registered as `incoming`.
        receipt: the delivery.
        content: its lines, problems and repairs.
        entry: status, reason, sentence and hashes.
        superseding: accepted deliveries that replace lines of this one, as `Ledger.superseding` names them.

    Returns:
        The counts written to the ledger.

    Raises:
        TableError: the lines are not what the warehouse declares.
        BaseException: whatever interrupted the transaction, after it was rolled back.
    """
    counted = counts(content, entry.status)
    if counted.lines and content.layout:
        incoming_lines.check(content.lines, content.layout)
    connection.execute("begin transaction")
    try:
        forget(connection, receipt.delivery_id)
        if counted.lines and content.layout:
            _lines(connection, receipt, content, content.layout, entry.status)
            corrections.replace_lines(connection, receipt, content.layout, superseding)
        _notes(connection, receipt, content)
        _ledger(connection, receipt, content, entry, counted)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return counted


def forget(connection: duckdb.DuckDBPyConnection, delivery_id: str) -> None:
    """Delete a delivery's rows from every table; call inside a transaction."""
    known = connection.execute("select kind from deliveries where delivery_id = ?", [delivery_id]).fetchall()
    if not known:
        return
    for table in _delivery_tables(connection):
        connection.execute(f'delete from "{table}" where delivery_id = ?', [delivery_id])


def _delivery_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        """select distinct c.table_name from duckdb_columns() c join duckdb_tables() t using (table_name)
           where c.column_name = 'delivery_id' order by 1"""
    ).fetchall()
    return [row[0] for row in rows]


def _lines(
    connection: duckdb.DuckDBPyConnection, receipt: Receipt, content: FileContent, layout: Layout, verdict: str
) -> None:
    own = _delivery_values(receipt, content)
    own["verdict"] = verdict if verdict in {"held", "withdrawn"} else "accepted"
    present = set(content.lines.columns)
    _run(
        connection,
        f"""insert into lines select line_id, $delivery_id, $county, $kind, $month, sheet, row, {STATUS}, reason
            from incoming""",
        own,
    )
    _run(
        connection,
        f"insert into line_cells select line_id, $delivery_id, {incoming.cells_sql(content.lines)} from incoming",
        own,
    )
    _people(connection, content)
    _typed(connection, layout, present, own)


def _run(connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, object]) -> None:
    """Execute a statement with those of the values it names."""
    connection.execute(sql, {name: value for name, value in values.items() if re.search(rf"\${name}\b", sql)})


def _delivery_values(receipt: Receipt, content: FileContent) -> dict[str, object]:
    return {
        "delivery_id": receipt.delivery_id,
        "county": content.declared.county,
        "kind": content.declared.kind,
        "month": content.declared.month,
        "as_of": content.as_of,
    }


def _typed(connection: duckdb.DuckDBPyConnection, layout: Layout, present: set[str], own: dict[str, object]) -> None:
    sources = _sources(layout, present)
    chosen = [f"{sources.get(name, 'null')} as {name}" for name in _columns_of_table(connection, layout.table)]
    _run(connection, f"insert into {layout.table} select {', '.join(chosen)} from incoming", own)


def _columns_of_table(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe {table}").fetchall()]


def _sources(layout: Layout, present: set[str]) -> dict[str, str]:
    """Return the SQL that fills each warehouse column of a layout's table."""
    sources = {
        "line_id": "line_id",
        "record_id": "line_id",
        "delivery_id": "$delivery_id",
        "county_code": "$county",
        "month": "$month",
        "as_of": "$as_of",
        "status": STATUS,
    }
    for field in layout.fields:
        made = f"{field.name}_id" if field.type in KEYED else None
        for column, _ in columns_of(field) if field.name in present else []:
            sources[column] = made or column
    computed = ("programme", "village_code", "period_from", "period_to", "state", "unit", "level", "parent_code")
    sources |= {name: name for name in (*computed, "amount_fen") if name in present}
    if "recipient_idno_problem" in present:
        sources["id_problem"] = "recipient_idno_problem"
    if layout.slug in SELF_HEADED:
        sources |= {"head_name": "recipient_name", "head_id": "recipient_idno_id"}
    if layout.slug in DIRECTIONS:
        sources["direction"] = f"'{DIRECTIONS[layout.slug]}'"
    note = [f"{name}_remark" for name in ("recipient_name", "head_name", "payee_name") if f"{name}_remark" in present]
    if note:
        sources["note"] = f"nullif(concat_ws('；', {', '.join(note + (['note'] if 'note' in present else []))}), '')"
    return sources


def _people(connection: duckdb.DuckDBPyConnection, content: FileContent) -> None:
    """Enter identity and account numbers that are new to the warehouse."""
    for kind, (table, id_column, extra) in KEYED.items():
        if incoming.numbers_of(content, kind):
            connection.execute(
                f"""insert into {table} select id, number{extra} from incoming_{table}
                    where id not in (select {id_column} from {table})"""
            )


def _notes(connection: duckdb.DuckDBPyConnection, receipt: Receipt, content: FileContent) -> None:
    line_id = incoming.line_id(receipt.delivery_id)
    for table, frame in (("problems", content.problems), ("repairs", content.repairs)):
        if not frame.height:
            continue
        connection.register("notes", frame.with_columns(line_id).to_arrow())
        values = (
            "id, level, message"
            if table == "problems"
            else """kind, case when private then null else "from" end, case when private then null else "to" end"""
        )
        connection.execute(
            f'insert into {table} select ?, line_id, sheet, row, "column", {values} from notes', [receipt.delivery_id]
        )
        connection.unregister("notes")
    for note in content.sheets:
        connection.execute(
            "insert into sheets values (?, ?, ?, ?, ?, ?, ?)",
            [receipt.delivery_id, note.name, note.number, note.header_row, list(note.header), list(note.fields),
             note.ignored_reason],
        )  # fmt: skip


def _ledger(
    connection: duckdb.DuckDBPyConnection, receipt: Receipt, content: FileContent, entry: Entry, counted: Counts
) -> None:
    declared = content.declared
    values: dict[str, object] = {
        "delivery_id": receipt.delivery_id, "sequence": receipt.sequence, "county_code": declared.county,
        "kind": declared.kind, "programme": declared.programme, "month": declared.month, "sha256": receipt.sha256,
        "content_hash": entry.content_hash, "file_name": receipt.file_name, "sender": receipt.sender,
        "received_at": receipt.received_at, "as_of": content.as_of, "correction_no": receipt.correction_no,
        "corrects": receipt.corrects, "status": entry.status, "reason": entry.reason, "message": entry.message,
        "lines": counted.lines, "accepted": counted.accepted, "rejected": counted.rejected, "held": counted.held,
        "warnings": counted.warnings, "total_fen": counted.total_fen, "rejected_fen": counted.rejected_fen,
        "held_fen": counted.held_fen, "declared_total_fen": content.declared_total_fen,
        "catalogue": entry.catalogue, "inputs_hash": entry.inputs_hash,
    }  # fmt: skip
    names = column_names(Deliveries)
    marks = ", ".join("?" for _ in names)
    connection.execute(
        f"insert into deliveries ({', '.join(names)}) values ({marks})", [values[name] for name in names]
    )
