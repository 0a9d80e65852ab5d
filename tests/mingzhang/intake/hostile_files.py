"""Makes files as bureaus send them, good and bad. Fictional people only: the region prefix 4529 was never assigned."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
import xlwt

from checks.linkage.idno import check_digit
from sample_data.numbers import luhn_digit

COUNTY = "452921"
MONTH = dt.date(2026, 10, 1)
HEADER = ["序号", "姓名", "身份证号", "村(居)委会", "银行账号", "补贴金额", "备注"]
SURNAMES = "韦黄覃莫农蒙陆卢甘凌岑罗梁潘邓"
GIVEN = "国安秀英有福明光志高春花家兴正华永泰雪梅金玉"


def idno(number: int, born: str = "", prefix: str = "452921") -> str:
    """Return the number-th valid identity number."""
    day = born or f"{1940 + number % 65}{1 + number % 12:02d}{1 + number // 12 % 28:02d}"
    body = f"{prefix}{day}{number % 999 + 1:03d}"
    return body + check_digit(body)


def name(number: int) -> str:
    return SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)] + GIVEN[(number * 7 + 3) % len(GIVEN)]


def account(number: int) -> str:
    body = f"62994529{number:010d}"
    return body + luhn_digit(body)


def line(number: int, **changes: Any) -> list[Any]:
    """Return one roster line; `changes` are by header."""
    cells: dict[str, Any] = dict(
        zip(HEADER, [str(number + 1), name(number), idno(number), "青桐村", account(number), 300.5, ""], strict=True)
    )
    return list((cells | changes).values())


def lines(count: int = 4, changed: Mapping[int, Mapping[str, Any]] | None = None) -> list[list[Any]]:
    return [line(number, **(changed or {}).get(number, {})) for number in range(count)]


def roster(rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER, title: str = "") -> list[list[Any]]:
    return [*([[title]] if title else []), list(header), *[list(row) for row in rows]]


@dataclass(frozen=True)
class Formula:
    """A cell computed by the sender's program; `value` None: nothing was stored."""

    text: str
    value: Any = None


@dataclass
class Look:
    """What a sheet has besides cells."""

    hidden: bool = False
    very_hidden: bool = False
    hidden_rows: Sequence[int] = ()
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: Sequence[tuple[int, int, int, int]] = ()


def xlsx(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    looks: Mapping[str, Look] | None = None,
    base1904: bool = False,
) -> Path:
    """Write a workbook: text as text, numbers as numbers, dates as dates."""
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "date_1904": base1904}
    ) as book:
        dated = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    _write(sheet, r, c, cell, dated)
            _dress(sheet, rows, (looks or {}).get(title, Look()))
    return path


def _dress(sheet: Any, rows: Sequence[Sequence[Any]], look: Look) -> None:
    if look.hidden:
        sheet.hide()
    if look.very_hidden:
        sheet.very_hidden()
    for row in look.hidden_rows:
        sheet.set_row(row - 1, None, None, {"hidden": True})
    for (row, column), text in look.comments.items():
        sheet.write_comment(row, column, text)
    for area in look.merged:
        sheet.merge_range(*area, "" if rows[area[0]][area[1]] is None else str(rows[area[0]][area[1]]))


def _write(sheet: Any, row: int, column: int, cell: Any, dated: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, None, "" if cell.value is None else cell.value)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, dt.datetime(cell.year, cell.month, cell.day), dated)  # noqa: DTZ001
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    else:
        sheet.write(row, column, cell)


def xls(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell not in (None, ""):
                    sheet.write(r, c, cell)
    book.save(str(path))
    return path


def text(rows: Iterable[Sequence[Any]], separator: str = ",", end: str = "\n") -> str:
    return "".join(separator.join("" if cell is None else str(cell) for cell in row) + end for row in rows)


def csv(
    path: Path, rows: Iterable[Sequence[Any]], encoding: str = "utf-8", separator: str = ",", end: str = "\n"
) -> Path:
    path.write_bytes(text(rows, separator, end).encode(encoding))
    return path


def repacked(
    path: Path,
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
    compress: int = zipfile.ZIP_DEFLATED,
    infos: Sequence[zipfile.ZipInfo] = (),
) -> Path:
    """Rewrite an archive with changed parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    with zipfile.ZipFile(path, "w", compress) as archive:
        for part, content in change(parts).items():
            archive.writestr(part, content)
        for info in infos:
            archive.writestr(info, b"x")
    return path


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return out.getvalue()


def places(county: str = COUNTY) -> pl.DataFrame:
    """Return two towns with three villages, one name being both a 村 and a 社区."""
    rows = [
        (f"{county}101", "龙塘镇", None, county, "town"),
        (f"{county}101201", "青桐村", None, f"{county}101", "village"),
        (f"{county}101202", "那良村", "良村", f"{county}101", "village"),
        (f"{county}101001", "那良社区", None, f"{county}101", "village"),
        (f"{county}102", "新圩乡", None, county, "town"),
        (f"{county}102201", "大坡村", None, f"{county}102", "village"),
        (f"{county}102202", "新村", None, f"{county}102", "village"),
        (f"{county}102203", "青岗村", None, f"{county}102", "village"),
    ]
    frame = pl.DataFrame(
        rows, schema=["place_code", "place_name", "short_names", "parent_code", "level"], orient="row",
        strict=False,
    )  # fmt: skip
    return frame.with_columns(pl.col("short_names").cast(pl.String), county_code=pl.lit(county))
