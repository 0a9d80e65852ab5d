"""How money, counts, months and days are written, once for sites, files and command line. No sentences here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mingzhang.catalog import words
from mingzhang.storage.clock import beijing_time


def amount(fen: int) -> str:
    """Write an amount of fen as yuan with two decimals and thousands separators, without a unit."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def yuan(fen: int | None, unit: str = " 元") -> str:
    """Write an amount of fen as yuan with two decimals, or a dash when there is none."""
    return "—" if fen is None else f"{amount(fen)}{unit}"


def yuan_of(kind: str | None, fen: int | None, unit: str = " 元") -> str:
    """Write the money of a file of a kind: a dash for registers and places, which carry none."""
    return "—" if kind in words.registers() or kind == "places" else yuan(fen, unit)


def wan_yuan(fen: int | None) -> str:
    """Write a large amount of fen in 万元 for headlines; below 10,000 yuan in yuan."""
    if fen is None:
        return "—"
    if abs(fen) < 1_000_000:
        return yuan(fen)
    return f"{fen / 1_000_000:,.2f} 万元"


def count(number: int | None) -> str:
    """Write a whole number with thousands separators, or a dash."""
    return "—" if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """Write a share between 0 and 1 as a percentage."""
    return "—" if share is None else f"{share * 100:.1f}%"


def month(value: dt.date | None) -> str:
    """Write a month: 2026年10月."""
    return "—" if value is None else f"{value.year}年{value.month}月"


def months(first: dt.date | None, last: dt.date | None) -> str:
    """Write a range of months, once when both are the same."""
    if first is None or last is None or (first.year, first.month) == (last.year, last.month):
        return month(first or last)
    return f"{month(first)}至{month(last)}"


def day(value: dt.date | None) -> str:
    """Write a day: 2026年10月5日."""
    return "—" if value is None else f"{value.year}年{value.month}月{value.day}日"


def moment(value: dt.datetime | None) -> str:
    """Write a UTC time as Beijing time, to the minute; a time without zone is taken as UTC."""
    if value is None:
        return "—"
    return beijing_time(value).strftime("%Y-%m-%d %H:%M")


def problem_level(problem: dict[str, Any]) -> str:
    """Write what follows from a problem: of one line, or where it names none, of the whole file."""
    if problem["level"] == "reject" and not problem.get("row"):
        return "不收此文件"
    return words.PROBLEM_LEVELS[problem["level"]]
