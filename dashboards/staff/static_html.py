"""Turns the plain HTML of a Dash page into few components, which the browser renders at once. No page's own content here.

Dash's renderer notifies every component of a page about each one that appears, so its time grows with their square: a table
of 64 rules had 2,000 components and took 8 s. As static HTML the same page is one component; only charts stay separate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import aria

# A node as `static/static_html.js` reads it: text, or [tag, attributes, child, …]; the tag '' holds several nodes without an element around them.
Node = str | int | float | list[Any]
HTML = "dash_html_components"
# Dash's own inputs as the browser's native ones; a link within the site loads no new document.
NATIVE = {"Link": "link", "Input": "input", "Textarea": "textarea"}
ADDRESSES = ("href", "action")


class StaticHtml(Component):
    """Plain HTML as one Dash component.

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
    """Return a chart in a card; on a phone it scrolls sideways, by touch or arrow keys.

    Args:
        figure: a Plotly figure.
        description: what the chart shows, for readers who cannot see it.
    """
    graph = dcc.Graph(figure=figure, config={"displayModeBar": False})
    return html.Section(graph, className="card wide-chart", tabIndex=0, role="region", **aria(label=description))


def as_static_html(page: Component) -> Component:
    """Return a page as few components: charts, and static HTML between them.

    Raises:
        ValueError: a link or form of the page leads out of the site.
    """
    node = _as_node(page)
    return node if isinstance(node, Component) else StaticHtml(node)


def _as_node(part: Any) -> Component | Node:
    """Return a node, or the component itself with converted children where it or one of them is not plain HTML."""
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
    """Return the children with neighbouring plain HTML joined in one component."""
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
    """Return a part's attributes under React's names; an input can be edited, so its value is only the initial one."""
    props: dict[str, Any] = part.to_plotly_json()["props"]  # type: ignore[no-untyped-call]
    kept = {name: value for name, value in props.items() if name != "children" and value is not None}
    for name in ADDRESSES:
        where = str(kept.get(name, "/"))
        if not where.startswith(("/", "#")) or where.startswith(("//", "/\\")):
            raise ValueError("a page leads out of the site")
    if part._namespace != HTML and "value" in kept and kept.get("type") not in ("radio", "checkbox", "hidden"):
        kept["defaultValue"] = kept.pop("value")
    return kept
