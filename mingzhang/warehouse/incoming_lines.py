"""What intake hands over: the declaration of a delivery's lines as a frame, made from their layout. Writes nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import polars as pl

from checks.schemas.lines import DTYPES
from mingzhang.catalog.models import Layout, Register
from mingzhang.warehouse.database import CORE_TABLES
from mingzhang.warehouse.declaration import Table, allowed_values, column, declare, frame_schema, name_of, validate
from mingzhang.warehouse.tables.deliveries import LINE_STATUSES
from mingzhang.warehouse.tables.registers import register_table

# What every line has, whatever its kind.
COMMON: dict[str, tuple[Any, Any]] = {
    "sheet_no": (pl.Int32, column("position of the sheet in the file", nullable=False, ge=1)),
    "sheet": (pl.String, column("name of the sheet", nullable=False)),
    "row": (pl.Int32, column("row in the sheet", nullable=False, ge=1)),
    "status": (pl.String, column("accepted or rejected", nullable=False, isin=LINE_STATUSES)),
    "reason": (pl.String, column("problem that rejected the line")),
}
# What intake works out for every payment, whether or not the file has such a column.
WORKED_OUT = {"payment_lines": ("programme", "period_from", "period_to", "state", "unit")}


def check(lines: pl.DataFrame, layout: Layout) -> None:
    """Check the lines of one delivery before they are committed.

    Columns that the warehouse does not take (the sender's cells, what intake worked with) are not looked at. The values of
    each field were checked when they were read (`checks/schemas/lines.py`); here only what is cheap for a million lines.

    Args:
        lines: one row per line, typed columns named as the layout's fields.
        layout: the kind of file.

    Raises:
        TableError: a column is missing or has the wrong type, or a value is none of those declared.
    """
    table = lines_table(layout, frozenset(lines.columns))
    validate(lines.select(name for name in frame_schema(table) if name in lines.columns), table)


@lru_cache(maxsize=256)
def lines_table(layout: Layout, present: frozenset[str]) -> type[Table]:
    """Return the declaration of the lines of a layout whose frame has these columns."""
    target = _target(layout)
    types, allowed = frame_schema(target), allowed_values(target)
    keyed = {field.name for field in layout.fields if field.type in ("idno", "account")}  # stored as ids
    fields = {field.name: DTYPES.get(field.type, pl.String) for field in layout.fields}
    required = WORKED_OUT.get(layout.table, ())
    columns = dict(COMMON)
    for name in (*fields, *types):
        if name in columns or (name not in present and name not in required):
            continue
        # A worked-out column has the type of the warehouse's; a field as it was read the type of its field.
        dtype = fields[name] if name in fields and name not in required else types.get(name, pl.String)
        if name in types or name in keyed:
            columns[name] = (dtype, column("as the warehouse takes it", isin=allowed.get(name)))
    return declare(f"incoming_{layout.slug}", f"Lines of {layout.title}.", columns)


def _target(layout: Layout) -> type[Table]:
    if isinstance(layout, Register):
        return register_table(layout)
    return next(table for table in CORE_TABLES if name_of(table) == layout.table)
