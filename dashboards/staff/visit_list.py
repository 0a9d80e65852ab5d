"""Rows of a village's visit list and of the arrears table, for page, print and export alike. No queries here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mingzhang.catalog import formats

VISIT_HEADER = ("顺序", "村民小组", "姓名", "可以提供的帮助", "为什么来", "怎么说", "请带上", "走访结果")
ARREARS_HEADER = (
    *("县（区、市）", "乡镇", "补贴项目", "欠发人数", "没有发放（元）", "没有发足（元）"),
    *("退回未重发（元）", "欠发合计（元）", "晚发金额（元）"),
)
PAPERS = "身份证、户口簿、银行卡（一卡通）"


def visit_row(lead: dict[str, Any]) -> tuple[Any, ...]:
    """Return one lead as a row of the visit list; the last cell is ticked during the visit."""
    return (
        lead["stop"],
        lead["group_name"] or "未注明小组",
        lead["person_name"] or "（名册上没有姓名）",
        offer(lead),
        lead["title"],
        lead["ask"],
        lead["papers"] or PAPERS,
        "□ 已办　□ 不用",
    )


def offer(lead: dict[str, Any]) -> str:
    """Return what can be offered: the programme and about how much it is, else to look together."""
    name = lead["programme_name"]
    if not name:
        return "一起看看符合哪项救助"
    fen = lead["amount_fen"] or 0
    return f"{name}（约 {formats.yuan(fen)}）" if fen > 0 else str(name)


def arrears_row(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return one programme and township as a line of the table; money in fen."""
    return (
        row["county_name"] or row["county_code"],
        row["town_name"] or "未注明乡镇",
        row["programme_name"] or "未注明项目",
        row["people"],
        *(row[f"{kind}_fen"] for kind in ("unpaid", "short", "returned", "owed", "late")),
    )


def arrears_totals(rows: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """Return the fen owed and the fen paid late of all lines together."""
    kept = list(rows)
    return sum(row["owed_fen"] for row in kept), sum(row["late_fen"] for row in kept)
