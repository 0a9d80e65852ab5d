"""Writes `links`: who is probably meant by lines and records without a usable number. How that is judged is in checks/linkage.

A pair of rows is known by `pair_id`, a keyed hash of what both contain, so that an answer holds for as long as both rows
contain the same, in any month and any file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from checks.frames import registered
from checks.linkage import comparison_rows, near, parameters, probabilistic
from mingzhang.catalog.load import LINKAGE_PARAMETERS, Catalogue
from mingzhang.catalog.models import Register
from mingzhang.storage.data_folder import DataFolder
from mingzhang.warehouse import database, person_ids
from mingzhang.warehouse.tables.registers import columns_of

SAME, NOT_SAME, CANNOT_TELL = "same", "not_same", "cannot_tell"

# What identifies a row, in this order; another value in any of them makes it another row.
ROW_FIELDS = ("name", "idno", "born_on", "sex", "county_code", "village_code", "head_name", "account")

PEOPLE = Path(__file__).with_name("sql") / "link_people.sql"

LINES = """
    select t.line_id, t.delivery_id, 'payments' as source, 'recipient' as role, recipient_name as name,
           {cell} as idno, null::varchar as sex, t.county_code, village_code, head_name, account_id::varchar as account
    from payment_lines t {joins}
    where t.status = 'accepted' and t.recipient_id is null
"""

CELLS = """
    left join lines l using (line_id) left join line_cells c using (line_id)
    left join sheets s on s.delivery_id = t.delivery_id and s.sheet = l.sheet
"""


# What the staff snapshot shows: each pair once, and its two rows as they came.
SNAPSHOT_LINKS = """
    select pair_id, county_code, village_code, min(source) as source, min(role) as role, score, label, answer, reasons,
           slip, parameters, min(line_id) as line_id, person_line_id, count(*) as lines
    from links group by all"""
SNAPSHOT_LINK_LINES = f"""
    with shown as (
        select pair_id, 'line' as side, min(line_id) as line_id from links group by all
        union all select pair_id, 'person' as side, person_line_id from links group by all)
    select n.pair_id, n.side, n.line_id, l.county_code, l.kind, l.month, d.file_name, l.sheet, l.row, s.header,
           {database.split_cells("c.cells")} as cells
    from shown n join lines l using (line_id)
    left join deliveries d on d.delivery_id = l.delivery_id
    left join sheets s on s.delivery_id = l.delivery_id and s.sheet = l.sheet
    left join line_cells c on c.line_id = n.line_id"""


def build(
    connection: duckdb.DuckDBPyConnection, folder: DataFolder, catalogue: Catalogue, answers: Mapping[str, str]
) -> None:
    """Replace the table `links`.

    Args:
        connection: the warehouse, under its writer, with lines, registers and `identity` loaded.
        folder: for the person key and the spill folder.
        catalogue: names the registers.
        answers: `pair_id` → `same`, `not_same` or `cannot_tell`, from casework.
    """
    person_ids.prepare(connection, folder.key("person"))
    connection.execute("delete from links")
    model = parameters.newest(LINKAGE_PARAMETERS)
    _rows(connection, catalogue)
    lines: pl.DataFrame = connection.sql("select distinct on (row_id) * from link_rows order by row_id").pl()
    if lines.height:
        known: pl.DataFrame = connection.sql("select * from link_people order by person_id").pl()
        found = _found(lines, known, model, answers, folder.tmp)
        _write(connection, found, model.version)
    for table in ("link_rows", "link_people"):
        connection.execute(f"drop table {table}")


def _rows(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Write the rows without a number and the people, each with the keyed hash of its fields."""
    parts = [LINES.format(cell=_cell("recipient_idno"), joins=CELLS)]
    for slug, register in catalogue.registers.items():
        parts += [_register(slug, register, role) for role in _roles(register)]
    fields = ", ".join(ROW_FIELDS)
    text = f"to_json([{', '.join(f'{name}::varchar' for name in ROW_FIELDS)}])::varchar"
    row_id = f"substr(replace(row_key({text})::varchar, '-', ''), 1, 16) as row_id"
    union = " union all by name ".join(parts)
    connection.execute(
        f"""create or replace temp table link_rows as
            select *, {row_id} from (select * exclude (born_on), born_on::date as born_on from (
                {union} union all by name select null::date as born_on where false))
            where name is not null"""
    )
    connection.execute(
        f"""create or replace temp table link_people as
            select person_id, person_line_id, {fields}, {row_id} from ({PEOPLE.read_text(encoding="utf-8")}) where name is not null"""
    )


def _roles(register: Register) -> list[str]:
    """Return the roles in which a record names a person by number and name: `person`, `kin`, `tenant` …"""
    names = {field.name for field in register.fields}
    roles = [field.name.removesuffix("_idno") for field in register.fields if field.type == "idno"]
    return [role for role in roles if f"{role}_name" in names]


def _register(slug: str, register: Register, role: str) -> str:
    names = {column for field in register.fields for column, _ in columns_of(field)}
    own = role == "person"  # sex, place and account are the first person's
    column = {name: name if own and name in names else "null" for name in ("sex", "village_code", "account_id")}
    return f"""
        select t.line_id, t.delivery_id, '{slug}' as source, '{role}' as role, {role}_name as name,
               {_cell(f"{role}_idno")} as idno, {column["sex"]}::varchar as sex, t.county_code,
               {column["village_code"]}::varchar as village_code, null::varchar as head_name,
               {column["account_id"]}::varchar as account
        from (select *, record_id as line_id from register_{slug}) t {CELLS}
        where t.status = 'accepted' and t.{role}_id is null"""


def _cell(field: str) -> str:
    """Return the SQL for a field's cell as it came: a number that was refused is kept nowhere else."""
    return f"nullif(trim({database.split_cells('c.cells')}[list_position(s.fields, '{field}')]), '')"


def _found(
    lines: pl.DataFrame, known: pl.DataFrame, model: parameters.Parameters, answers: Mapping[str, str], spill: Path
) -> pl.DataFrame:
    """Return links by row and person, after what people answered."""
    left = comparison_rows.complete(lines.with_columns(record_id="row_id"))
    right = comparison_rows.complete(known.with_columns(record_id="person_id"))
    pairs = probabilistic.score(left, right, model, spill=spill)
    rows = known.select("person_id", "person_line_id", person_row="row_id")
    answered = pl.DataFrame(
        {"pair_id": list(answers), "answer": list(answers.values())}, schema={"pair_id": pl.String, "answer": pl.String}
    )
    pairs = pairs.join(rows, on="person_id").with_columns(pair_id=pl.concat_str("line_id", pl.lit("-"), "person_row"))
    pairs = pairs.join(answered, on="pair_id", how="left")
    slips = near.numbers_one_place_apart(left, right)
    return _judged(pairs.join(slips, on=["line_id", "person_id"], how="left"), model)


def _judged(pairs: pl.DataFrame, model: parameters.Parameters) -> pl.DataFrame:
    """Return links with people's answers above the model's: `not_same` removes a pair, `same` removes its rivals."""
    left = pairs.filter(pl.col("answer").is_null() | (pl.col("answer") != NOT_SAME))
    settled = (pl.col("answer") == SAME).fill_null(False)
    left = left.filter(settled | ~settled.any().over("line_id"))
    judged = probabilistic.judge(left.select(*probabilistic.SCORED), model)
    kept = left.join(judged.select("line_id", "person_id", "label", "reasons"), on=["line_id", "person_id"], how="left")
    label = (
        pl.when(settled)
        .then(pl.lit("same"))
        .when((pl.col("answer") == CANNOT_TELL).fill_null(False) | pl.col("label").is_null())
        .then(pl.lit("question"))
        .otherwise("label")
    )
    wanted = pl.col("label").is_not_null() | pl.col("slip").is_not_null() | pl.col("answer").is_not_null()
    return kept.filter(wanted).with_columns(label=label, reasons=probabilistic.reasons())


def _write(connection: duckdb.DuckDBPyConnection, found: pl.DataFrame, version: int) -> None:
    with registered(connection, "link_found", found.rename({"line_id": "row_id"})):
        connection.execute(
            f"""insert into links by name
                select r.line_id, r.delivery_id, r.county_code, r.village_code, r.source, r.role, f.person_id::uuid as person_id,
                       f.person_line_id, f.score, f.label, f.answer, f.reasons, f.slip, f.pair_id, {version} as parameters
                from link_rows r join link_found f using (row_id)"""
        )
