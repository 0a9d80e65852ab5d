"""A page reaches the browser as few parts, says the same, and leads nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import dcc, html
from plotly.utils import PlotlyJSONEncoder

from dashboards.staff.app import page_modules
from dashboards.staff.static_html import as_static_html

from .conftest import USERS, Site

# Charts, and what holds them; Dash's time to draw grows with the square of its parts.
MOST_PARTS = 20


def sent(part: Any) -> Any:
    """Return a part as it is sent."""
    return json.loads(json.dumps(as_static_html(part), cls=PlotlyJSONEncoder))


def test_plain_html_is_one_part() -> None:
    page = html.Div(
        [
            html.P("钱", className="muted", **{"data-label": "金额"}),
            None,
            dcc.Link(["停在", 3], href="/stuck?a=1"),
            "。",
        ]
    )
    assert sent(page) == {
        "namespace": "dashboards",
        "type": "StaticHtml",
        "props": {
            "tree": [
                "div", {}, ["p", {"className": "muted", "data-label": "金额"}, "钱"],
                ["link", {"href": "/stuck?a=1"}, "停在", 3], "。",
            ]
        },
    }  # fmt: skip


def test_a_chart_stays_a_part_and_its_neighbours_fold() -> None:
    page = sent(html.Main([html.H1("资金"), html.P("甲"), html.Section(dcc.Graph(id="g")), html.P("乙")], id="main"))
    assert (page["type"], page["props"]["id"]) == ("Main", "main")
    before, chart, after = page["props"]["children"]
    assert before["props"]["tree"] == ["", {}, ["h1", {}, "资金"], ["p", {}, "甲"]]
    assert [part["type"] for part in chart["props"]["children"]] == ["Graph"]
    assert after["props"]["tree"] == ["", {}, ["p", {}, "乙"]]


def test_an_inputs_value_only_begins_it() -> None:
    fields = [dcc.Input(name="a", value="1", type="text"), dcc.Input(name="b", value="2", type="radio"), dcc.Textarea(name="c")]  # fmt: skip
    assert sent(html.Form(fields))["props"]["tree"][2:] == [
        ["input", {"name": "a", "type": "text", "defaultValue": "1"}],
        ["input", {"name": "b", "type": "radio", "value": "2"}],
        ["textarea", {"name": "c"}],
    ]


@pytest.mark.parametrize(
    "where", ["javascript:alert(1)", "https://evil.example/", "//evil.example", "/\\evil.example", ""]
)
def test_nothing_leads_out_of_the_site(where: str) -> None:
    for part in (html.A("x", href=where), dcc.Link("x", href=where), html.Form([], action=where)):
        with pytest.raises(ValueError, match="out of the site"):
            as_static_html(html.Div([part]))


@pytest.mark.parametrize("path", list(page_modules()))
def test_every_page_is_few_parts(site: Site, path: str) -> None:
    for name, _, _ in USERS:
        shown = site.page(name, path)
        assert shown.count('"namespace"') <= MOST_PARTS, f"{name} {path}"
