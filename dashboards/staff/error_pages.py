"""Error pages of one sentence, as plain HTML. Other pages are in `pages/`."""

from __future__ import annotations

from flask import Response
from markupsafe import Markup

from dashboards.shared import theme

PAGE = Markup("""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · 明账</title>
<link rel="stylesheet" href="{theme}">
</head>
<body>
<header class="site-header"><div class="site-bar">
<a class="site-name" href="/">明账</a><span class="site-motto">惠民资金监管 · 工作平台</span>
</div></header>
<main class="page narrow">
<h1>{title}</h1>
<p class="say bad" role="alert">{sentence}</p>
<p>请用浏览器的“后退”回到刚才的页面，或<a href="/">回到首页</a>。</p>
</main>
</body>
</html>""")


def error_page(title: str, text: str, status: int) -> Response:
    """Return an error page with one sentence and a link back."""
    page = PAGE.format(title=title, sentence=text, theme=theme.HREF)
    return Response(page, status=status, mimetype="text/html")
