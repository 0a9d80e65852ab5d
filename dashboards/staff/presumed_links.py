"""How pages show that a person was identified by presumption: badge, words, both rows with reasons. No pages here."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboards.shared.components import Part, badge, link
from dashboards.shared.components import facts as labelled
from dashboards.staff.queries.record_pairs import RecordPairQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.workflow import DECIDERS
from mingzhang.catalog.words import LINK_LABELS

PRESUMED = "按推断认定"
FEW = 3
# Columns that distinguish one person from another; the others are folded away.
TELLING = (
    "姓名",
    "享受人",
    "户主",
    "身份",
    "证件",
    "证号",
    "出生",
    "性别",
    "村",
    "住址",
    "地址",
    "账号",
    "卡号",
    "关系",
    "户号",
)
SIDES = {"line": "没有可用证号的行", "person": "可能是这个人"}


def person_with_badge(row: dict[str, Any]) -> Part:
    """Return the person's name, with a badge when the identity is only presumed."""
    name = row["person_name"] or "—"
    return html.Span([name, html.Br(), badge(PRESUMED, "warn")]) if row.get("link_score") is not None else name


def export_text(finding: dict[str, Any]) -> str:
    """Return the same as text, for a cell of the export."""
    return f"{PRESUMED}，把握 {finding['link_score']:.0%}" if finding.get("link_score") is not None else ""


def identity_facts(finding: dict[str, Any]) -> list[tuple[str, Part]]:
    """Return the line that the person is presumed, or was confirmed by a named person; none where a usable number identifies them."""
    if finding.get("link_score") is not None:
        text = f"有的行没有可用的证号，按推断认定是此人，把握 {finding['link_score']:.0%}；请先核对是不是同一人"
        return [("身份", html.Span([badge(PRESUMED, "warn"), f" {text}"]))]
    return [("身份", "有的行没有可用的证号，经人核对是此人")] if finding.get("link_pairs") else []


def expected_money_factor(finding: dict[str, Any]) -> str:
    """Return the factor by which the expected money was lowered, as text; '' when none was."""
    return f" × 认定身份的把握 {finding['link_score']:.0%}" if finding.get("link_score") is not None else ""


def record_pairs(context: RequestContext, finding: dict[str, Any]) -> Component | None:
    """Return the rows without a usable number beside the person they were linked to, with the reasons."""
    if not finding.get("link_pairs") or not context.viewer.may(*DECIDERS):
        return None
    found = RecordPairQueries(context).named(finding["link_pairs"])
    shown: list[Component] = []
    for pair in found[:FEW]:
        answer = html.P(link("/questions", "回答是不是同一人", pair=pair["pair_id"]), className="no-print")
        shown += [*both_rows(pair), answer]
    rest = html.P(f"另有 {len(found) - FEW} 对，见“认人”页。") if len(found) > FEW else None
    return html.Section([html.H2("凭什么认定是此人"), *shown, rest], className="card") if shown else None


def both_rows(pair: dict[str, Any]) -> list[Component]:
    """Return a pair: place, confidence, reasons, and both rows side by side."""
    more = f"，共 {pair['lines']} 行内容相同" if pair["lines"] > 1 else ""
    where = pair["place_name"] or pair["county_name"] or pair["county_code"]
    return [
        html.H2([f"{where}{more} ", badge(LINK_LABELS[pair["label"]], "calm")]),
        html.P(f"理由：{'、'.join(pair['reasons'])}。把握 {pair['score']:.0%}（第 {pair['parameters']} 版参数）。"),
        html.Div([_side(title, pair["rows"].get(side)) for side, title in SIDES.items()], className="pair"),
    ]


def _side(title: str, row: dict[str, Any] | None) -> Component:
    if row is None:
        return html.Div([html.H3(title), html.P("此人的登记在其他县（区、市），请由能查看两地数据的人员判断。")])
    where = f"{row['file_name']} · {row['sheet']} · 第 {row['row']} 行"
    cells = [(head or "", cell) for head, cell in zip(row["header"] or [], row["cells"] or [], strict=False) if cell]
    telling = [(head, cell) for head, cell in cells if any(word in head for word in TELLING)]
    rest = [pair for pair in cells if pair not in telling]
    more = html.Details([html.Summary(f"其余 {len(rest)} 列"), labelled(rest)], className="no-print") if rest else None
    return html.Div([html.H3(title), html.P(where, className="muted small"), labelled(telling), more])
