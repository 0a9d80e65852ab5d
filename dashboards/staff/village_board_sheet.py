"""The printable page of board lists: plain HTML, A4. Which lines are on it is in `boards.py`."""

from __future__ import annotations

import re

from flask import Flask, Response, g, render_template, request

from dashboards.shared import theme
from dashboards.staff import error_pages
from dashboards.staff.queries.village_boards import Boards
from dashboards.staff.request_context import Desk
from mingzhang.catalog import formats

VILLAGE, MONTH, SLUG = re.compile(r"\d{12}"), re.compile(r"\d{4}-\d{2}"), re.compile(r"[a-z0-9_]{0,40}")
DAY_KINDS = {"working": "个工作日", "calendar": "天"}


def register(server: Flask) -> None:
    """Add the route."""

    @server.get("/board", endpoint="board")
    def board() -> Response:
        desk: Desk = g.desk
        said = [request.args.get(name, "") for name in ("village", "month", "programme")]
        is_read = all(pattern.fullmatch(text) for pattern, text in zip((VILLAGE, MONTH, SLUG), said, strict=True))
        sheets = Boards(desk).lists(*said) if is_read else []
        if not sheets:
            return error_pages.sentence(
                "没有可以打印的名单", "没有这个村、这个月复核过的名单；请从“公示栏名单”里选。", 404
            )
        page = render_template(
            "board.html",
            sheets=sheets,
            theme=theme.HREF,
            w=formats,
            kinds=DAY_KINDS,
            printed=f"{formats.moment(desk.now)} {desk.viewer.name}",
        )
        return Response(page, mimetype="text/html")
