"""What the cells of a column look like: identity numbers, accounts, money, months. Knows headings of no layout."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import combinations

import polars as pl

from mingzhang.intake.values import money

IDENTITY = r"^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$|^[1-9]\d{7}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}$"
ACCOUNT = r"^\d{15,23}$"
PHONE = r"^1[3-9]\d{9}$"
MONTH = r"^20\d{2}[年./-]?(0?[1-9]|1[0-2])月?份?$"
DATE_LIKE = r"^(19|20)\d{6}$|^(19|20)\d{2}$|^\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?$"
TIDY = r"[\s'’`\t\x{00a0}\x{feff}\x{200b}-]"
MOST, HALF = 0.8, 0.5
SMALL_COUNT = 12  # whole numbers up to this are months or heads, not money
LIKE_AMOUNT = 20  # between a twentieth and twenty times the amount
SAMPLE = 2_000
PARTS = 4  # an amount of more than so many parts is left to a person
COLUMNS = 10


class Cells:
    """The cells of some columns of a sheet below its heading, looked at when they are asked for.

    Args:
        rows: rows with `c0`… as text, null where empty, totals and notes among them.
        numbers: columns of identity numbers or accounts; a row without any is no line. None: every row is one.
    """

    def __init__(self, rows: pl.DataFrame, numbers: list[str]) -> None:
        self._rows, self._numbers = rows, numbers
        self._fen: dict[int, pl.Series] = {}

    @cached_property
    def frame(self) -> pl.DataFrame:
        """All lines; only asked for where two columns must be told apart or a column be explained."""
        return self._lines(self._rows)

    @cached_property
    def sample(self) -> pl.DataFrame:
        """The first lines: enough to tell what a column is."""
        return self._lines(self._rows.head(SAMPLE))

    def _lines(self, rows: pl.DataFrame) -> pl.DataFrame:
        if not self._numbers or not rows.height:
            return rows
        return rows.filter(
            pl.any_horizontal([pl.col(name).str.contains("[0-9]{6}").fill_null(False) for name in self._numbers])
        )

    def has(self, column: int) -> bool:
        """Whether the sheet has such a column at all."""
        return f"c{column}" in self._rows.columns

    def is_empty(self, column: int) -> bool:
        """Whether no line has anything but blanks, zeros and dashes there."""
        return not self.frame[f"c{column}"].str.contains(r"[^\s0.,—–\-/]").any()

    def _share(self, column: int, pattern: str) -> float:
        cells = self.sample[f"c{column}"].drop_nulls().str.replace_all(TIDY, "")
        cells = cells.filter(cells != "")
        return float(cells.str.contains(pattern).mean() or 0) if len(cells) else 0.0  # type: ignore[arg-type]

    def is_identity(self, column: int) -> bool:
        """Whether most cells look like identity numbers."""
        return self._share(column, IDENTITY) >= HALF

    def is_account(self, column: int) -> bool:
        """Whether most cells are 15 to 23 digits and no identity numbers."""
        return not self.is_identity(column) and self._share(column, ACCOUNT) >= HALF

    def is_phone(self, column: int) -> bool:
        """Whether most cells are mobile numbers."""
        return self._share(column, PHONE) >= HALF

    def is_town(self, column: int) -> bool:
        """Whether most cells name a township, county or city and not a village."""
        return self._share(column, r"(乡|镇|街道|办事处|县|市|[^社]区)$") >= MOST

    def is_month(self, column: int) -> bool:
        """Whether most cells are months such as 2026-09."""
        return self._share(column, MONTH) >= MOST

    def are_same(self, one: int, other: int) -> bool:
        """Whether two columns hold the same in every line."""
        return bool(self.frame[f"c{one}"].eq_missing(self.frame[f"c{other}"]).all())

    def is_part_of(self, one: int, other: int) -> bool:
        """Whether each cell of a column begins with, or ends in, the cell of another: a certificate made of the identity number."""
        pair = self.frame.select(a=f"c{one}", b=f"c{other}").drop_nulls()
        inside = pl.col("a").str.starts_with(pl.col("b")) | pl.col("a").str.ends_with(pl.col("b"))
        return bool(pair.height and pair.select(inside.all()).item())

    def fen(self, column: int) -> pl.Series:
        """Return a column as hundredths, null where it is no number."""
        if column not in self._fen:
            self._fen[column] = money.parse(self.frame[f"c{column}"], None, False)["fen"]
        return self._fen[column]

    def is_number(self, column: int) -> bool:
        """Whether most of the filled cells are numbers of at most twelve digits."""
        cells = self.sample[f"c{column}"].drop_nulls()
        cells = cells.filter(cells.str.contains(r"\S"))
        if not len(cells):
            return False
        plain = cells.str.replace_all(r"[\s,，￥¥元]", "")
        return float(plain.str.contains(r"^-?\d{1,9}(\.\d+)?$").mean() or 0) >= MOST  # type: ignore[arg-type]

    def is_serial(self, column: int) -> bool:
        """Whether the numbers count up by one."""
        numbers = self.frame[f"c{column}"].cast(pl.Float64, strict=False).drop_nulls()
        return len(numbers) > 1 and bool((numbers.diff().drop_nulls() == 1).all())

    def is_like(self, column: int, amount: int) -> bool:
        """Whether figures are of the size of the amounts and neither counts, years nor dates."""
        if self._share(column, DATE_LIKE) >= MOST:
            return False
        figures = self.fen(column).drop_nulls().abs()
        figures = figures.filter(figures > 0)
        amounts = self.fen(amount).drop_nulls().abs()
        amounts = amounts.filter(amounts > 0)
        if not len(figures) or not len(amounts):
            return False
        whole = bool((figures % 100 == 0).all())
        if whole and int(figures.max() or 0) <= SMALL_COUNT * 100:  # type: ignore[arg-type]
            return False
        usual, paid = float(figures.median() or 0), float(amounts.median() or 0)  # type: ignore[arg-type]
        return paid / LIKE_AMOUNT <= usual <= paid * LIKE_AMOUNT

    def difference(self, gross: int, deduction: int, paid: int) -> bool:
        """Whether gross − deduction = paid in every line, with something deducted somewhere."""
        taken = self.fen(deduction).fill_null(0)
        left = self.fen(gross).fill_null(0) - taken
        return bool((taken != 0).any() and (left == self.fen(paid).fill_null(0)).all())

    def explained(self, amount: int, unclaimed: list[int], beside: list[int], deductions: list[int]) -> set[int]:
        """Return which of some columns arithmetic explains over all lines.

        A column is explained that equals the amount, gives it as rate × quantity (× months), adds up to it with others,
        or is what it was before deductions.

        Args:
            amount: the column of the amount.
            unclaimed: columns to explain.
            beside: further number columns they may be multiplied with or added to.
            deductions: those of both whose heading says that they are taken off.
        """
        figures = [column for column in dict.fromkeys([*unclaimed, *beside]) if column != amount][:COLUMNS]
        fen = {column: self.fen(column).fill_null(0) for column in (*figures, amount)}
        known = {column for column in unclaimed if column in fen and (fen[column] == fen[amount]).all()}
        others = [column for column in figures if column not in known]
        known |= _products(fen, amount, others)
        added = [column for column in others if column not in deductions]
        known |= _sums(fen, amount, added)
        for gross, deduction in ((g, d) for d in deductions for g in others if g != d and d in fen):
            if self.difference(gross, deduction, amount):
                known |= {gross, deduction}
        return known & set(unclaimed)


def _products(fen: Mapping[int, pl.Series], amount: int, columns: list[int]) -> set[int]:
    """Return columns whose product, two or three together, is the amount in every line; all in hundredths."""
    found: set[int] = set()
    paid = fen[amount].cast(pl.Float64)
    for size in (2, 3):
        for chosen in combinations(columns, size):
            product = fen[chosen[0]].cast(pl.Float64)
            for column in chosen[1:]:
                product = product * fen[column].cast(pl.Float64) / 100
            if ((product - paid).abs() <= 1).all():  # a rate of three decimals is rounded to the fen
                found |= set(chosen)
    return found


def _sums(fen: Mapping[int, pl.Series], amount: int, columns: list[int]) -> set[int]:
    """Return columns that add up to the amount in every line, at most four together."""
    found: set[int] = set()
    filled = [column for column in columns if (fen[column] != 0).any()]
    for size in range(2, min(PARTS, len(filled)) + 1):
        for chosen in combinations(filled, size):
            total = sum((fen[column] for column in chosen[1:]), fen[chosen[0]])
            if (total == fen[amount]).all():
                found |= set(chosen)
    return found
