"""质量报告: what was expected of the published tables and the month's sums, by month. Reads the stored reports only."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Column, table
from dashboards.staff.auth import guard
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats

PAGE = {"path": "/quality/report", "name": "质量报告", "roles": guard.WORKERS}
TABLES = {
    "village_totals": "公开的村级合计",
    "county_cells": "公开的县级合计",
    "flow": "公开的资金流转",
    "month_sums": "各县每月入库合计",
}
RELEASES_SHOWN = 12


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the newest report by month, what did not hold, and the trend over releases."""
    reports = _reports(context.site.data / "quality")
    if not reports:
        return html.Div(
            [html.H1("质量报告"), html.P("还没有质量报告；每天零点发布后自动生成，也可运行 mingzhang quality。")]
        )
    newest = reports[0]
    answers = newest["answers"]
    broken = [(_month(a["month"]), TABLES[a["table"]], a["sentence"]) for a in answers if not a["held"]]
    return html.Div(
        [
            html.H1("质量报告"),
            html.P(f"第 {newest['number']} 号发布（{newest['release']}）：{_share(answers)}。"),
            html.H2("没有做到的"),
            table(["月份", "表", "要求"], broken) if broken else html.P("全部做到。"),
            html.H2("各月"),
            table(["月份", *(Column(title, "number") for title in TABLES.values())], _by_month(answers)),
            html.H2("历次发布"),
            table(
                ["发布", "编号", Column("做到", "number")],
                [(f"第 {r['number']} 号", r["release"], _share(r["answers"])) for r in reports[:RELEASES_SHOWN]],
            ),
        ]
    )


def _reports(folder: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/report.json")]
    return sorted(found, key=lambda report: -int(report["number"]))


def _share(answers: list[dict[str, Any]]) -> str:
    return f"{len(answers)} 项要求做到 {sum(a['held'] for a in answers)} 项"


def _month(text: str) -> str:
    return formats.month(dt.date.fromisoformat(f"{text}-01"))


def _by_month(answers: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    cells: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        cells[answer["month"]][answer["table"]].append(answer["held"])
    return [
        (_month(month), *(f"{sum(row[name])}/{len(row[name])}" if row[name] else "—" for name in TABLES))
        for month, row in sorted(cells.items(), reverse=True)
    ]
