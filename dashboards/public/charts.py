"""The Dash page of a county: its money by month, programme and town as charts. Needs JavaScript; nothing else does."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, dcc, html
from flask import Flask

from dashboards.public.queries import Release, Row
from dashboards.public.site import Site, words
from dashboards.shared import theme
from mingzhang.catalog.formats import month
from mingzhang.storage.publication_reader import NothingPublishedError

COUNTY = re.compile(r"/charts/(\d{6})/?")
# Distinguishable by lightness as well as hue.
COLOURS = ("#1d4f5c", "#c98a2b", "#7a9e7e", "#9b2a22", "#5f7fa6", "#b8b08d", "#55625f", "#d9a79c")
SHOWN = 7
LONG_NAME = 9


def register(server: Flask, site: Site) -> list[str]:
    """Add the Dash app under /charts/ to a server; return the CSP hashes of its inline scripts."""
    app = Dash(
        __name__,
        server=server,  # type: ignore[arg-type]
        routes_pathname_prefix="/charts/",
        requests_pathname_prefix="/charts/",
        assets_folder=str(Path(__file__).parent / "no_assets"),
        index_string=theme.DASH_INDEX,
        title=words()["site"]["name"],
        update_title="",
        serve_locally=True,
    )
    app.layout = html.Div(
        [
            dcc.Location(id="at"),
            _header(),
            html.Main(id="main", className="page", children=words()["charts"]["loading"]),
        ]
    )

    @app.callback(Output("main", "children"), Input("at", "pathname"))
    def show(pathname: str | None) -> Any:
        return layout(site, pathname or "")

    theme.warm(app)
    return list(app.csp_hashes())


def _header() -> html.Header:
    """Return a short site header: name and the link home."""
    w = words()["site"]
    name = html.A(w["name"], href="/", className="site-name")
    bar = html.Div([name, html.Span(w["motto"], className="site-motto")], className="site-bar")
    home = html.Li(html.A(w["nav"]["home"], href="/"))
    return html.Header([bar, html.Nav(html.Ul([home]), className="site-nav")], className="site-header")


def layout(site: Site, pathname: str) -> list[Any]:
    """Return the page of the county an address names."""
    w = words()
    match = COUNTY.fullmatch(pathname)
    try:
        with site.release() as release:
            place = release.place(match[1]) if match else None
            if place is None:
                return [html.H1(w["site"]["not_found_title"]), html.P(w["site"]["not_found"])]
            return _county(release, place)
    except NothingPublishedError:
        return [html.H1(w["site"]["no_data_title"]), html.P(w["site"]["no_data"])]


def _county(release: Release, place: Row) -> list[Any]:
    w, code = words()["charts"], place["place_code"]
    rows = release.money_by_month(code)
    head = [html.H1(w["title"].format(place=place["place_name"])), html.P(html.A(w["back"], href=f"/place/{code}"))]
    if not rows:
        return [*head, html.P(words()["place"]["nothing"], className="say")]
    latest = max(row["month"] for row in rows)
    towns = release.money_by_town(code, latest)
    this_month = sorted((row for row in rows if row["month"] == latest), key=lambda row: row["paid_fen"])
    return [
        *head,
        _card(w["by_month"], months_figure(rows)),
        _card(w["by_programme"].format(month=month(latest)), bars([(r["name"], r["paid_fen"]) for r in this_month])),
        _card(
            w["by_town"].format(month=month(latest)), bars([(t["place_name"], t["paid_fen"]) for t in reversed(towns)])
        ),
        html.P(w["note"], className="small muted"),
    ]


def _card(title: str, figure: go.Figure) -> html.Section:
    graph = dcc.Graph(figure=figure, config={"displayModeBar": False, "responsive": True})
    return html.Section([html.H2(title), graph], className="card")


def months_figure(rows: list[Row]) -> go.Figure:
    """Return stacked bars by month, the largest programmes apart and the rest together."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row["name"]] = sums.get(row["name"], 0) + row["paid_fen"]
    largest = sorted(sums, key=lambda name: -sums[name])[:SHOWN]
    w = words()["charts"]
    others = w["others"]
    found: dict[str, dict[dt.date, int]] = {}
    for row in rows:
        by_month = found.setdefault(row["name"] if row["name"] in largest else others, {})
        by_month[row["month"]] = by_month.get(row["month"], 0) + row["paid_fen"]
    figure = go.Figure()
    for colour, name in zip(COLOURS, [*largest, others], strict=False):
        if name in found:
            at = sorted(found[name])
            values = [found[name][day] / 1_000_000 for day in at]
            figure.add_bar(name=name, x=[f"{day:%Y-%m}" for day in at], y=values, marker_color=colour)
    figure.update_layout(barmode="stack", legend={"orientation": "h", "y": -0.3})
    # upright and as many as there is room for: rotated, a phone showed half of each month
    figure.update_xaxes(type="date", tickformat=w["month_tick"], hoverformat=w["month_hover"], tickangle=0, nticks=6)
    return _themed(figure, 420)


def bars(values: list[tuple[str, int]]) -> go.Figure:
    """Return horizontal bars with their numbers beside them."""
    wan = [fen / 1_000_000 for _, fen in values]
    figure = go.Figure(
        go.Bar(
            x=wan,
            y=[_broken(name) for name, _ in values],
            orientation="h",
            marker_color=COLOURS[0],
            text=[f"{value:,.2f}" for value in wan],
            textposition="auto",
        )
    )
    figure.update_yaxes(automargin=True)
    return _themed(figure, 90 + 34 * len(values))


def _broken(name: str) -> str:
    """Break a long name in two lines, so that a phone has room left for the bar."""
    half = -(-len(name) // 2)
    return name if len(name) <= LONG_NAME else f"{name[:half]}<br>{name[half:]}"


def _themed(figure: go.Figure, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
        font={"family": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif", "size": 15, "color": "#1f2d2f"},
        hoverlabel={"font": {"size": 15}},
    )
    figure.update_xaxes(gridcolor="#e4e0d4")
    figure.update_yaxes(gridcolor="#e4e0d4")
    return figure
