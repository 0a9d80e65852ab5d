"""Which column is which field, where headings alone leave it open: decided by groups, months, neighbours and arithmetic, or asked.

What is not decided by sure knowledge is a question that names both columns. Reads cells, changes none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl

from mingzhang.catalog.models import Layout
from mingzhang.intake.columns import headings, mapping
from mingzhang.intake.columns.content import Cells
from mingzhang.intake.columns.mapping import ColumnQuestion, Header, key
from mingzhang.intake.notes import Notes
from mingzhang.intake.parser_process import Sheet
from mingzhang.intake.problems import RefusedFileError

# Of these, the first column is as good as the second: nothing is paid or compared by them.
HARMLESS = {"text", "code", "flag"}
COUNTS = {"number", "count"}
STATES = {"state", "result", "failure"}  # text, but it says whether money was paid
NUMBER_OF = {
    "head_name": "head_idno",
    "payee_name": "payee_idno",
    "recipient_name": "recipient_idno",
    "person_name": "person_idno",
}
PAYMENT_TABLES = {"payment_lines", "bank_lines"}
MONEY_WORD = re.compile("金额|金$|款|元|补贴|补助|津贴|费|工资|补发|实发|应发|合计|小计|总额|钱数|薪")
MONTH_WORD = re.compile("出生|审批|批准|起|止|有效|登记|确认|纳入|入学|毕业|参保|办证|到期|建档|退|迁")


@dataclass
class Settled:
    """A heading being settled: what is decided so far, and what must be asked.

    Attributes:
        fields: the field of each column.
        explained: columns without a field whose content is known all the same.
    """

    header: Header
    layout: Layout
    cells: Cells
    month: dt.date | None
    notes: Notes
    fields: list[str | None] = field(default_factory=list)
    explained: set[int] = field(default_factory=set)
    questions: list[ColumnQuestion] = field(default_factory=list)

    def address(self, column: int) -> str:
        """Return what a column is called in questions."""
        return self.header.addresses[column] or f"第{column + 1}列"

    def column(self, name: str) -> int | None:
        """Return the column of a field."""
        return self.fields.index(name) if name in self.fields else None

    def give(self, name: str, chosen: int, columns: Iterable[int]) -> None:
        """Give a field to one of some columns and take it from the others."""
        for column in columns:
            self.fields[column] = None
        self.fields[chosen] = name

    def ask(self, code: str, columns: Iterable[int], **facts: str) -> None:
        """Record a question about columns, naming each with its group."""
        own = tuple(self.address(column) for column in columns)
        names = "、".join(f"“{name}”" for name in own)
        first = next(iter(columns))
        self.questions.append(ColumnQuestion(code, own, self.fields[first]))
        self.notes.add_problem(code, row=self.header.first, column=self.address(first), value=names, **facts)


def settle(sheet: Sheet, header: Header, layout: Layout, month: dt.date | None, notes: Notes) -> Header:
    """Return the heading with each field in one column.

    Args:
        sheet: a parsed sheet.
        header: its heading, with every column that could be a field.
        layout: the kind of file.
        month: the declared month, or the one the titles state.
        notes: where questions and explanations are recorded.

    Raises:
        RefusedFileError: two lists stand side by side.
    """
    _refuse_side_by_side(header, layout)
    lines = sheet.frame.filter(pl.col("row") > header.last)
    own = Settled(header, layout, Cells(lines, _number_columns(header)), month, notes, list(header.fields))
    claims = {name: list(columns) for name, columns in header.claims.items()}
    confirmed = {name for name, columns in claims.items() if columns[0] in header.confirmed}
    _other_months(own, claims, confirmed)
    _heads_beside_recipients(own, claims, confirmed)
    _numbers_beside_names(own, claims, confirmed)
    for name, columns in claims.items():
        if len(columns) > 1 and name not in confirmed:
            _choose(own, name, columns)
    _check_content(own)
    _explain(own)
    wan = header.wan
    if tuple(own.fields) != header.fields:
        moved = {name for name in own.fields if name and name not in header.fields}
        wan = wan | _wan_of(own, moved)
    return replace(header, fields=tuple(own.fields), wan=wan, questions=tuple(own.questions))


def _wan_of(own: Settled, moved: set[str]) -> frozenset[str]:
    return frozenset(name for name in moved if "万元" in own.header.names[own.fields.index(name)])


def _number_columns(header: Header) -> list[str]:
    """Return the columns that may hold identity numbers or accounts: a row without any of them is no line."""
    return [
        f"c{column}"
        for name, columns in header.claims.items()
        if name.endswith(("_idno", "account_no"))
        for column in columns
    ]


def _refuse_side_by_side(header: Header, layout: Layout) -> None:
    """Refuse a sheet whose right half is a second list under the same headings: each of its people would be lost."""
    words = [key(name) for name in header.names]
    counted = Counter(word for word in words if word)
    repeated = {word for word, count in counted.items() if count > 1}
    if len(repeated) < 3 or any(header.groups):
        return
    doubled = {
        layout.field(name).type
        for name, columns in header.claims.items()
        if len(columns) > 1 and len({words[c] for c in columns}) == 1
    }
    people = {"idno", "account", "name"} & doubled
    if len(people) >= 1 and (len(people) > 1 or "fen" in doubled) and _repeats(words):
        raise RefusedFileError("lists_side_by_side")


def _repeats(words: list[str]) -> bool:
    """Tell whether headings stand twice in the same order, whatever blank or common columns stand between."""
    counted = Counter(word for word in words if word)
    twice = [word for word in words if counted[word] > 1]
    half = len(twice) // 2
    return len(twice) >= 6 and twice[:half] == twice[half : 2 * half]


def _other_months(own: Settled, claims: dict[str, list[int]], confirmed: set[str]) -> None:
    """Leave out columns that stand under another month than the declared one, where the declared one has its own."""
    if own.month is None:
        return
    left_out: list[int] = []
    for name, columns in claims.items():
        if name in confirmed:
            continue
        chosen = _of_the_month(own, columns, own.month)
        if not chosen and own.layout.field(name).type == "fen" and own.layout.table == "payment_lines":
            own.ask("column_of_other_month", columns, expected=f"{own.month:%Y-%m}")
        gone = [column for column in columns if chosen and column not in chosen]
        if gone:
            claims[name] = chosen
            own.give(name, chosen[0], columns)
            left_out += gone
    if not left_out:
        return
    own.explained |= {*left_out, *_groups_of_other_months(own, own.month)}
    names = "、".join(own.address(column) for column in sorted(left_out))
    own.notes.add_problem("column_left_out", row=own.header.first, value=names, expected=f"{own.month:%Y-%m}")


def _of_the_month(own: Settled, columns: list[int], month: dt.date) -> list[int]:
    """Return the columns that name the month; without any, those that name none, sums of the year last; else nothing."""
    stated = {column: headings.months_of(own.header.names[column], month) for column in columns}
    fitting = [column for column in columns if (found := stated[column]) is None or month in found]
    plain = [column for column in fitting if not headings.means(own.header.names[column], "accumulated")]
    return [column for column in fitting if stated[column]] or plain or fitting


def _groups_of_other_months(own: Settled, month: dt.date) -> set[int]:
    """Return the columns whose group is another month's, also those that no field claims."""
    found = set()
    for column, group in enumerate(own.header.groups):
        stated = headings.months_of(group, month) if group else None
        if stated is not None and month not in stated:
            found.add(column)
    return found


def _heads_beside_recipients(own: Settled, claims: dict[str, list[int]], confirmed: set[str]) -> None:
    """Where a list of recipients also names the household heads, 户主姓名 is no second 姓名."""
    for name in ("recipient_name", "recipient_idno"):
        columns = claims.get(name, [])
        heads = [column for column in columns if headings.role_in(key(own.header.names[column])) == "head"]
        rest = [column for column in columns if column not in heads]
        if heads and rest and name not in confirmed:
            claims[name] = rest
            own.give(name, rest[0], columns)
            own.explained |= set(heads)


def _numbers_beside_names(own: Settled, claims: dict[str, list[int]], confirmed: set[str]) -> None:
    """Give each plain number column to the name directly left of it: 户主姓名, 身份证号, 享受人, 身份证号码."""
    for number_field in set(NUMBER_OF.values()) & set(claims):
        columns = claims[number_field]
        if number_field in confirmed:
            continue
        owners = {column: _owner(own, column) for column in columns}
        elsewhere = [column for column in columns if owners[column] not in (None, number_field)]
        if not elsewhere:
            continue
        if len(columns) == 1:
            _ask_whose(own, columns[0], number_field)
            continue
        rest = [column for column in columns if column not in elsewhere]
        if not rest:
            continue  # two names and two numbers, none of them the recipient's: a question
        for column in elsewhere:
            own.fields[column] = None
            own.explained.add(column)
            owner = owners[column]
            if owner and owner not in claims and any(f.name == owner for f in own.layout.fields):
                claims[owner] = [column]
                own.fields[column] = owner
        claims[number_field] = rest
        own.fields[rest[0]] = number_field


def _owner(own: Settled, column: int) -> str | None:
    """Return the number field of the person whose name stands directly left; '' is somebody else; None is nobody."""
    if headings.person_of(key(own.header.groups[column]) if own.header.groups else "", key(own.header.names[column])):
        return None  # it says itself whose it is
    if not column:
        return None
    left = column - 1
    name = own.fields[left]
    if name in NUMBER_OF:
        return NUMBER_OF[name]
    person = headings.person_of(own.header.groups[left], key(own.header.names[left]))
    return "" if person and person.kind == "name" else None


def _ask_whose(own: Settled, column: int, number_field: str) -> None:
    """Ask whose number the only number column holds, if another person's name stands left of it and they differ."""
    names = {number: name for name, number in NUMBER_OF.items()}
    mine = own.column(names[number_field])
    if mine is None or own.cells.are_same(mine, column - 1):
        return
    own.ask("number_of_whom", [column, column - 1, mine])


def _choose(own: Settled, name: str, columns: list[int]) -> None:
    """Choose one of several columns for a field by what stands in them, or ask."""
    kind = own.layout.field(name).type
    distinct = _distinct(own, columns)
    unsound = [column for column in distinct if not _is_sound(own, kind, column)]
    distinct = [column for column in distinct if column not in unsound] or distinct
    if len(distinct) > 1 and kind == "fen":
        distinct = _paid(own, distinct)
    if len(distinct) > 1 and kind in COUNTS:
        distinct = _counted(own, distinct)
    own.give(name, distinct[0], columns)
    own.explained |= set(columns) - (set(unsound) if kind == "idno" else set())
    is_harmless = kind in HARMLESS and name not in STATES
    if (
        len(distinct) > 1
        and not is_harmless
        and own.header.names[distinct[0]] not in mapping.own_columns(own.header.names)
    ):
        words = {key(own.header.names[column]) for column in distinct}
        code = "duplicate_column" if len(words) == 1 and not any(own.header.groups) else "field_claimed_twice"
        own.ask(code, distinct, expected=own.layout.field(name).label)


def _is_sound(own: Settled, kind: str, column: int) -> bool:
    """Tell whether a column holds what its field is for, as far as two columns can be told apart by it."""
    if kind == "idno":
        return own.cells.is_identity(column)
    if kind == "account":
        return own.cells.is_account(column)
    return kind != "village" or not own.cells.is_town(column)


def _distinct(own: Settled, columns: list[int]) -> list[int]:
    """Return the columns that hold something, one of those that hold the same in every line."""
    filled = [column for column in columns if not own.cells.is_empty(column)] or columns[:1]
    distinct = filled[:1]
    for column in filled[1:]:
        if not any(own.cells.are_same(column, other) for other in distinct):
            distinct.append(column)
    return distinct


def _paid(own: Settled, columns: list[int]) -> list[int]:
    """Return the column that is another less a deduction in every line, if there is one; else all of them."""
    deductions = [
        column
        for column, name in enumerate(own.header.names)
        if name and headings.means(name, "deduction") and column not in columns
    ]
    for paid in columns:
        for gross in columns:
            for deduction in deductions:
                if gross != paid and own.cells.difference(gross, deduction, paid):
                    own.explained |= {gross, deduction}
                    return [paid] if len(columns) == 2 else [paid, *[c for c in columns if c not in (paid, gross)]]
    return columns


def _counted(own: Settled, columns: list[int]) -> list[int]:
    """Return the column that is the quantity of rate × quantity = amount, else the likeliest: no money hangs on it."""
    amount, rate = own.column("amount_fen"), own.column("standard_fen")
    if amount is None or rate is None:
        return columns[:1]
    return [column for column in columns if own.cells.explained(amount, [column], [rate], [])][:1] or columns[:1]


def _check_content(own: Settled) -> None:
    """Ask about a claimed column whose cells are something else: accounts under 身份证号, phones under 金额."""
    for column, name in enumerate(own.fields):
        if name is None or column in own.header.confirmed:
            continue
        kind = own.layout.field(name).type
        cells = own.cells
        is_other = (
            (kind == "idno" and cells.is_account(column))
            or (kind == "account" and cells.is_identity(column))
            or (kind == "name" and (cells.is_identity(column) or cells.is_account(column) or cells.is_phone(column)))
            or (kind == "fen" and (cells.is_identity(column) or cells.is_account(column) or cells.is_phone(column)))
        )
        if is_other and own.layout.table in PAYMENT_TABLES:
            own.ask("column_content_differs", [column], expected=own.layout.field(name).label)


def _explain(own: Settled) -> None:
    """Ask about columns that look like identity numbers, accounts, money or another month and that nothing explains."""
    ours = mapping.own_columns(own.header.names)
    open_columns = [
        column
        for column, name in enumerate(own.fields)
        if name is None
        and column not in own.explained
        and column not in own.header.confirmed
        and own.header.names[column] not in ours
        and own.cells.has(column)
        and not own.cells.is_empty(column)
    ]
    asked = [column for column in open_columns if _looks_personal(own, column)]
    if own.layout.table in PAYMENT_TABLES:
        asked += [column for column in open_columns if column not in asked and _is_other_month(own, column)]
        asked += _unexplained_money(own, [column for column in open_columns if column not in asked])
    for column in sorted(asked):
        own.ask("column_unexplained", [column])


def _looks_personal(own: Settled, column: int) -> bool:
    """Tell whether a column holds identity numbers, or on a list of payments accounts, of nobody knows whom."""
    name = key(own.header.names[column])
    group = key(own.header.groups[column]) if own.header.groups else ""
    cells = own.cells
    if headings.person_of(group, name) or headings.means(name, "phone"):
        return False
    is_identity = cells.is_identity(column)
    if not is_identity and not (own.layout.table in PAYMENT_TABLES and cells.is_account(column)):
        return False
    numbers = [
        at for at, field_name in enumerate(own.fields) if field_name and field_name.endswith(("idno", "account_no"))
    ]
    if any(cells.are_same(column, at) or cells.is_part_of(column, at) for at in numbers):
        return False
    if _owner(own, column) == "":
        return False
    return is_identity or not headings.means(name, "identifier")


def _is_other_month(own: Settled, column: int) -> bool:
    if own.month is None or MONTH_WORD.search(own.header.names[column]) or not own.cells.is_month(column):
        return False
    written = own.cells.frame[f"c{column}"].drop_nulls().unique().head(50).to_list()
    months = {month for text in written for month in headings.months_of(text, own.month) or set()}
    return months != {own.month}


def _unexplained_money(own: Settled, columns: list[int]) -> list[int]:
    """Return the columns that look like money and that neither their heading nor arithmetic explains."""
    amount = next((at for name in ("amount_fen", "guarantee_fen") if (at := own.column(name)) is not None), None)
    figures = [column for column in columns if own.cells.is_number(column) and not own.cells.is_serial(column)]
    if amount is None or not figures:
        return []
    suspects = [column for column in figures if _is_money(own, column, amount)]
    if not suspects:
        return []
    claimed = [
        column
        for column, name in enumerate(own.fields)
        if name and column != amount and own.layout.field(name).type in {"fen", "number", "count"}
    ]
    names = own.header.names
    deductions = [column for column in (*figures, *claimed) if headings.means(names[column], "deduction")]
    known = own.cells.explained(amount, suspects, [*figures, *claimed], deductions)
    return [column for column in suspects if column not in known]


def _is_money(own: Settled, column: int, amount: int) -> bool:
    name = own.header.names[column]
    word = key(name)
    if any(
        headings.means(word, meaning) for meaning in ("measure", "identifier", "phone", "other_money", "accumulated")
    ):
        return False
    if own.month and (stated := headings.months_of(name, own.month)) is not None and own.month not in stated:
        return False  # what another month came to, and says so
    return bool(MONEY_WORD.search(name)) or own.cells.is_like(column, amount)
