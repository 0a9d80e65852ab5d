"""The printable page of board lists: plain HTML, A4. Which lines it has is in `queries/village_boards.py`."""

from __future__ import annotations

import re

from flask import Flask, Response, g, render_template, request

from dashboards.shared import theme
from dashboards.staff import error_pages
from dashboards.staff.queries.village_boards import VillageBoardQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats

VILLAGE, MONTH, SLUG = re.compile(r"\d{12}"), re.compile(r"\d{4}-\d{2}"), re.compile(r"[a-z0-9_]{0,40}")
DAY_KINDS = {"working": "个工作日", "calendar": "天"}


def register(server: Flask) -> None:
    """Add the route."""

    @server.get("/board", endpoint="board")
    def board() -> Response:
        context: RequestContext = g.context
        chosen = [request.args.get(name, "") for name in ("village", "month", "programme")]
        is_read = all(pattern.fullmatch(text) for pattern, text in zip((VILLAGE, MONTH, SLUG), chosen, strict=True))
        sheets = VillageBoardQueries(context).lists(*chosen) if is_read else []
        if not sheets:
            return error_pages.error_page(
                "没有可以打印的名单", "没有这个村、这个月复核过的名单；请从“公示栏名单”里选。", 404
            )
        page = render_template(
            "board.html",
            sheets=sheets,
            theme=theme.HREF,
            w=formats,
            kinds=DAY_KINDS,
            printed=f"{formats.moment(context.now)} {context.viewer.name}",
        )
        return Response(page, mimetype="text/html")
