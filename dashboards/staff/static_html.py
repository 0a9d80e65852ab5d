"""Folds a page of Dash parts into few: what is plain HTML is drawn by the browser at once. No page's own content here.

Dash's renderer tells every part of a page about each part that appears, so its time grows with the square of them: a table
of 64 rules had 2,000 parts and took 8 s. Folded, the same page is one part; only charts stay parts of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import aria

# A node as `static/static_html.js` reads it: text, or [tag, attributes, child, …]; the tag '' holds several nodes without a box.
Node = str | int | float | list[Any]
HTML = "dash_html_components"
# What pages use of Dash's own inputs is what the browser has anyway; a link within the site loads no new document.
NATIVE = {"Link": "link", "Input": "input", "Textarea": "textarea"}
ADDRESSES = ("href", "action")


class StaticHtml(Component):
    """Plain HTML as one Dash part.

    Attributes:
        tree: a node.
    """

    _namespace = "dashboards"
    _type = "StaticHtml"

    def __init__(self, tree: Node) -> None:
        self._prop_names = ["tree"]
        self._valid_wildcard_attributes = []
        super().__init__(tree=tree)  # type: ignore[no-untyped-call]


def chart_card(figure: Any, description: str) -> Component:
    """Return a chart in a card; on a phone it is moved sideways, by finger or arrow keys.

    Args:
        figure: a Plotly figure.
        description: what the chart shows, for whoever does not see it.
    """
    graph = dcc.Graph(figure=figure, config={"displayModeBar": False})
    return html.Section(graph, className="card wide-chart", tabIndex=0, role="region", **aria(label=description))


def as_static_html(page: Component) -> Component:
    """Return a page as few parts.

    Raises:
        ValueError: a link or form of the page leads out of the site.
    """
    folded_page = _as_node(page)
    return folded_page if isinstance(folded_page, Component) else StaticHtml(folded_page)


def _as_node(part: Any) -> Component | Node:
    """Return a node, or the part itself with as_static_html children where it or one of them is more than plain HTML."""
    if not isinstance(part, Component):
        return part if isinstance(part, str | int | float) else str(part)
    children = [_as_node(child) for child in _children(part)]
    tag = _tag(part)
    if tag and not any(isinstance(child, Component) for child in children):
        return [tag, _attributes(part), *children]
    if hasattr(part, "children"):
        part.children = list(_grouped(children))
    return part


def _grouped(children: Iterable[Component | Node]) -> Iterator[Component]:
    """Return neighbours that are plain HTML as one part."""
    for is_part, group in groupby(children, lambda child: isinstance(child, Component)):
        if is_part:
            yield from group  # type: ignore[misc]
        else:
            yield StaticHtml(["", {}, *group])


def _children(part: Component) -> list[Any]:
    inside = getattr(part, "children", None)
    several = inside if isinstance(inside, list | tuple) else [inside]
    return [child for child in several if child is not None]


def _tag(part: Component) -> str | None:
    return part._type.lower() if part._namespace == HTML else NATIVE.get(part._type)


def _attributes(part: Component) -> dict[str, Any]:
    """Return a part's attributes under React's names; an input is the reader's to change, so its value only begins it."""
    props: dict[str, Any] = part.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    kept = {name: value for name, value in props.items() if name != "children" and value is not None}
    for name in ADDRESSES:
        where = str(kept.get(name, "/"))
        if not where.startswith(("/", "#")) or where.startswith(("//", "/\\")):
            raise ValueError("a page leads out of the site")
    if part._namespace != HTML and "value" in kept and kept.get("type") not in ("radio", "checkbox", "hidden"):
        kept["defaultValue"] = kept.pop("value")
    return kept
