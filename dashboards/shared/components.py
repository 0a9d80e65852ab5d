"""Small Dash parts that both sites build pages from: tables, badges, fields, figures. No data, no pages here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

Part = Component | str | int | float | None
Content = Part | Sequence[Part]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        label: header; on a phone it stands beside each value.
        kind: '' for text, 'number' or 'money' for right-aligned figures, 'nowrap' for dates and codes.
    """

    label: str
    kind: str = ""


def table(columns: Sequence[object], rows: Iterable[Sequence[Any]], caption: str = "") -> Component:
    """Return a table that becomes one card per row on a phone; the first cell heads its row."""
    heads = [column if isinstance(column, Column) else Column(str(column)) for column in columns]
    body = []
    for row in rows:
        cells = [_cell(index == 0, head, content) for index, (head, content) in enumerate(zip(heads, row, strict=True))]
        body.append(html.Tr(cells))
    head_row = html.Tr([html.Th(head.label, scope="col", className=head.kind or None) for head in heads])
    parts = [html.Caption(caption)] if caption else []
    return html.Div(
        html.Table([*parts, html.Thead(head_row), html.Tbody(body)], className="data cards"),
        className="scroll",
        tabIndex=0,
        role="region",
        **aria(label=caption or "表格"),
    )


def _cell(is_first: bool, head: Column, content: Content) -> Component:
    label = data(label=head.label)
    if is_first:
        return html.Th(content, className=head.kind or None, scope="row", **label)
    # a dash says that there is nothing; on a phone, where it would take a line of its own, it is hidden
    kind = f"{head.kind} blank".strip() if content == "—" else head.kind
    return html.Td(content, className=kind or None, **label)


def aria(**values: str) -> dict[str, Any]:
    """Return `aria-…` attributes for a component."""
    return {f"aria-{name}": value for name, value in values.items()}


def data(**values: str) -> dict[str, Any]:
    """Return `data-…` attributes for a component."""
    return {f"data-{name}": value for name, value in values.items()}


def badge(text: str, tone: str = "") -> Component:
    """Return a short label in a tone: ok, warn, bad, calm or plain. The word must be clear without the colour."""
    return html.Span(text, className=f"badge {tone}".strip())


def say(content: Content, tone: str = "") -> Component:
    """Return a sentence in a box: tone ok, warn, bad or plain."""
    body = html.P(content) if isinstance(content, str) else content
    return html.Div(body, className=f"say {tone}".strip(), role="alert" if tone == "bad" else "status")


def facts(pairs: Iterable[tuple[str, Content]], wide: bool = False) -> Component:
    """Return labelled facts, in two columns where there is room if `wide`; empty ones are left out."""
    shown = [(label, content) for label, content in pairs if content not in (None, "")]
    parts = [part for label, content in shown for part in (html.Dt(label), html.Dd(content))]
    return html.Dl(parts, className="facts wide" if wide else "facts")


def figure(number: str, label: str, href: str = "", hint: str = "") -> Component:
    """Return a headline number, linked when there is more to see.

    Args:
        number: the number as text, with its unit.
        label: what it counts.
        href: page with the details, or ''.
        hint: a line below, or ''.
    """
    shown = dcc.Link(label, href=href) if href else label
    parts = [html.Div(number, className="figure-number"), html.Div(shown, className="figure-label")]
    return html.Div([*parts, html.P(hint, className="hint") if hint else None], className="card")


def field(label: str, control: Component, hint: str = "") -> Component:
    """Return a control under its label; the label wraps it, so a click on either works."""
    parts = [html.Label([html.Span(label, className="label"), control])]
    return html.Div([*parts, html.P(hint, className="hint") if hint else None], className="field")


def select(name: str, options: Mapping[str, str], value: str = "", empty: str | None = "全部") -> Component:
    """Return a native drop-down of a form.

    Args:
        name: name of the form field.
        options: text by value.
        value: the chosen value.
        empty: text of the blank choice; None offers none.
    """
    choices = ([("", empty)] if empty is not None else []) + list(options.items())
    return html.Select(
        [html.Option(text, value=key, selected=key == value) for key, text in choices],
        name=name,
    )


def text_input(name: str, value: str | None = "", kind: Any = "text", **more: Any) -> Component:
    """Return a native input of any HTML kind that takes part in its form; Dash passes the kind through."""
    return dcc.Input(name=name, value=value, type=kind, **more)


def hidden(**values: Any) -> list[Component]:
    """Return hidden inputs of a form."""
    return [dcc.Input(name=name, value=str(value), type="hidden") for name, value in values.items()]


def link(path: str, text: Content, **query: Any) -> Component:
    """Return a link to one of our pages with a safely encoded query."""
    return dcc.Link(text, href=address(path, **query))


def address(path: str, **query: Any) -> str:
    """Return a path of ours with a query string; None and '' are left out."""
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def pager(path: str, query: Mapping[str, str], page: int, pages: int) -> Component | None:
    """Return links to the previous and the next page, or nothing for a single page.

    Args:
        path: path of the list.
        query: its filters, without the page.
        page: number of this page, from 1.
        pages: how many there are.
    """
    if pages <= 1:
        return None
    parts: list[Part] = []
    if page > 1:
        parts.append(link(path, "← 上一页", **{**query, "page": page - 1}))
    parts.append(html.Span(f"第 {page} 页，共 {pages} 页", className="muted"))
    if page < pages:
        parts.append(link(path, "下一页 →", **{**query, "page": page + 1}))
    return html.Nav(parts, className="pager", **aria(label="翻页"))
