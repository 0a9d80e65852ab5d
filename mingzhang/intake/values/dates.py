"""Dates, months and ranges of months as clerks write them. Reads one spelling at a time; callers pass distinct ones."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
TENS = re.compile(r"(?<![0-9])([二三]?)十([一二三四五六七八九]?)")
ENDLESS = {"长期", "永久", "至今", "无", "-", "--", "/", "—"}
EPOCH_1900 = dt.date(1899, 12, 30)
EPOCH_1904 = dt.date(1904, 1, 1)

DAY = re.compile(
    r"^(\d{4})[-/.年—–](\d{1,2})[-/.月—–](\d{1,2})日?\.?"
    r"(?:[(]?(?:星期|周)[1-6日天][)]?|[\sT]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$"
)
COMPACT_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
MONTH = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?份?$")
COMPACT_MONTH = re.compile(r"^(\d{4})(\d{2})$")
BARE_MONTH = re.compile(r"^(\d{1,2})月份?$")
SERIAL = re.compile(r"^\d{5}(\.\d+)?$")
YEAR = re.compile(r"^(\d{4})年度?$")
QUARTER = re.compile(r"^(\d{4})年?第?([1-4])季度?$")
HALF = re.compile(r"^(\d{4})年?(上|下)半年$")
SHORT_RANGE = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?[-—–~至到](\d{1,2})月份?$")
BARE_RANGE = re.compile(r"^(\d{1,2})月?[-—–~至到](\d{1,2})月份?$")
RANGE_MARK = re.compile(r"[—–~～至到]|(?<=\d)[-/](?=\d{4}(?!\d*$))|(?<=\d{2})-(?=\d{4})|(?<=[月日])-")
IN_TITLE = re.compile(
    r"(?<!\d)(20\d{2})\s*(?:年|-|/|\.)\s*(0?[1-9]|1[0-2])(?:\s*月(?!\s*\d)|(?![\d\-/.日月—~至到]))"
    r"|(?<!\d)(20\d{2})(0[1-9]|1[0-2])(?!\d)"
)
# Several months at once: 9-10月, 2026年9月至2026年10月, 2026.09-2026.10; but 2026-10月 is one month.
SPAN_IN_TITLE = re.compile(
    r"(?<!\d)\d{1,2}月?\s*[-—–~至到]\s*(?:20\d{2}[年/.-])?\d{1,2}月"
    r"|20\d{2}[年/.-]\d{1,2}\s*[-—–~至到]\s*20\d{2}[年/.-]\d{1,2}(?!\d)"
)
# The day a form was filled in, printed or extracted is not the month it is for.
FILLED_IN = re.compile(r"(?:填表|填报|制表|编制|打印|导出|报送|提取|截[至止])(?:日期|时间)?[:：]?$")
# 9月 without a year; 9月30日, 9月起 and 9月底前 are no month of a list.
BARE_IN_TITLE = re.compile(r"(?<![\d年/.-])(0?[1-9]|1[0-2])月(?![\d起前后底末以之内])")


@dataclass(frozen=True)
class DateSpan:
    """What one spelling means: the first and last day it covers, or the problem with it.

    Attributes:
        guessed: the year was not written; the delivery's own was taken.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    problem: str | None = None
    guessed: bool = False


def tidy(text: str) -> str:
    """Return the spelling in half width, without blanks, with Chinese numerals as digits."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\s+(?!\d{1,2}:)", "", text.strip().strip("'’"))
    text = TENS.sub(lambda m: f"{m[1] or '一'}{m[2] or '〇'}" if m[1] or m[2] else "10", text)
    return text.translate(NUMERALS)


def means_none(text: str, words: frozenset[str]) -> bool:
    """Tell whether a date is one of those that systems write for no date; `words` are written 1900-01-01."""
    found = DAY.match(tidy(text)) or COMPACT_DAY.match(tidy(text))
    return found is not None and f"{int(found[1]):04d}-{int(found[2]):02d}-{int(found[3]):02d}" in words


def day(text: str, year: int | None = None, date1904: bool = False) -> DateSpan:
    """Read a date; a month counts as its first day, and `year` completes a bare `10月`."""
    text = tidy(text)
    if text in ENDLESS:
        return DateSpan()
    for pattern in (DAY, COMPACT_DAY):
        if found := pattern.match(text):
            return _span(int(found[1]), int(found[2]), int(found[3]))
    if SERIAL.match(text):
        return _serial(text, date1904)
    span = month(text, year)
    return span if span.problem is None else DateSpan(problem=_refusal(text))


def month(text: str, year: int | None = None) -> DateSpan:
    """Read one month; `year` completes a bare `10月`."""
    text = tidy(text)
    for pattern in (MONTH, COMPACT_MONTH):
        if found := pattern.match(text):
            return _span(int(found[1]), int(found[2]))
    if (found := BARE_MONTH.match(text)) and year:
        span = _span(year, int(found[1]))
        return DateSpan(span.first, span.last, span.problem, guessed=True)
    if found := DAY.match(text) or COMPACT_DAY.match(text):
        return _span(int(found[1]), int(found[2]), int(found[3]))
    if SERIAL.match(text):
        return _serial(text, False)
    return DateSpan(problem=_refusal(text))


def period(text: str, year: int | None = None, date1904: bool = False) -> DateSpan:
    """Read a month or a range of months: first day of the first month, last day of the last."""
    text = tidy(text)
    if found := SHORT_RANGE.match(text):
        return _join(_span(int(found[1]), int(found[2])), _span(int(found[1]), int(found[3])))
    if found := QUARTER.match(text):
        last = int(found[2]) * 3
        return _join(_span(int(found[1]), last - 2), _span(int(found[1]), last))
    if found := HALF.match(text):
        return _join(*(_span(int(found[1]), m) for m in ((1, 6) if found[2] == "上" else (7, 12))))
    if found := YEAR.match(text):
        return _join(_span(int(found[1]), 1), _span(int(found[1]), 12))
    parts = RANGE_MARK.split(text)
    if len(parts) == 2 and all(parts):
        return _join(month(parts[0], year), month(parts[1], year))
    return _bare_range(text, year) or month(text, year)


def _bare_range(text: str, year: int | None) -> DateSpan | None:
    found = BARE_RANGE.match(text)
    if found is None or year is None:
        return None
    span = _join(_span(year, int(found[1])), _span(year, int(found[2])))
    return DateSpan(span.first, span.last, span.problem, guessed=True)


def months_in(title: str) -> set[dt.date]:
    """Return the months a title, sheet name or file name states; full dates and ranges are not months."""
    text = tidy(title)
    if SPAN_IN_TITLE.search(text):
        return set()
    found = set()
    for match in IN_TITLE.finditer(text):
        if FILLED_IN.search(text, 0, match.start()):
            continue
        year, number = (match[1], match[2]) if match[1] else (match[3], match[4])
        found.add(dt.date(int(year), int(number), 1))
    return found


def bare_months_in(title: str, beside: dt.date) -> set[dt.date]:
    """Return the months a title names without a year, each in the year that brings it nearest to a known month."""
    text = tidy(title)
    if SPAN_IN_TITLE.search(text):
        return set()
    found = set()
    for match in BARE_IN_TITLE.finditer(text):
        if FILLED_IN.search(text, 0, match.start()):
            continue
        number = int(match[1])
        apart = number - beside.month
        found.add(dt.date(beside.year - (apart > 6) + (apart < -6), number, 1))
    return found


def _serial(text: str, date1904: bool) -> DateSpan:
    value = (EPOCH_1904 if date1904 else EPOCH_1900) + dt.timedelta(days=int(float(text)))
    return DateSpan(value, value)


def _span(year: int, number: int, day_of_month: int | None = None) -> DateSpan:
    if not (1 <= number <= 12 and 1850 <= year <= 2200):
        return DateSpan(problem="date_impossible")
    last = calendar.monthrange(year, number)[1]
    if day_of_month is None:
        return DateSpan(dt.date(year, number, 1), dt.date(year, number, last))
    if not 1 <= day_of_month <= last:
        return DateSpan(problem="date_impossible")
    value = dt.date(year, number, day_of_month)
    return DateSpan(value, value)


def _join(first: DateSpan, last: DateSpan) -> DateSpan:
    problem = first.problem or last.problem
    if problem or not first.first or not last.last:
        return DateSpan(problem=problem or "date_unreadable")
    if first.first > last.last:
        return DateSpan(problem="date_impossible")
    return DateSpan(first.first, last.last, guessed=first.guessed or last.guessed)


def _refusal(text: str) -> str:
    looks_like_date = re.match(r"^\d{1,2}[-/.年]\d{1,2}([-/.月]\d{1,2})?日?$", text) or re.match(r"^\d{6,8}$", text)
    return "date_impossible" if looks_like_date else "date_unreadable"
