"""Serves the one theme of both sites under an address that changes with its content. No pages here."""

from __future__ import annotations

import hashlib
from pathlib import Path

from dash import Dash
from flask import Flask, Response

CSS = (Path(__file__).with_name("theme.css")).read_bytes()
HREF = f"/theme-{hashlib.sha256(CSS).hexdigest()[:12]}.css"

# The page shell of a Dash app: our language, our theme, nothing from elsewhere.
DASH_INDEX = f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{{%metas%}}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{%title%}}</title>
<link rel="stylesheet" href="{HREF}">
{{%css%}}
</head>
<body>
{{%app_entry%}}
<noscript><p class="page">本页面需要启用 JavaScript。</p></noscript>
<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>"""


def serve(server: Flask) -> None:
    """Add the route of the theme, endpoint name `theme`, cached for a year under its hash."""

    def theme() -> Response:
        response = Response(CSS, mimetype="text/css")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    server.add_url_rule(HREF, endpoint="theme", view_func=theme)


def warm(app: Dash) -> None:
    """Let a Dash app learn its script files now: a worker that has not served a first page refuses them otherwise."""
    with app.server.test_request_context("/"):
        app.index()  # type: ignore[no-untyped-call]
