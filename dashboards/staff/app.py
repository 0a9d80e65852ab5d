"""The staff app: guard, forms, downloads, pages. What a page shows is in `pages/`, its data in `queries/`."""

from __future__ import annotations

import datetime as dt
import importlib
import os
import pkgutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import IO, Any, cast
from urllib.parse import parse_qsl

from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import Flask, Request, Response, g

from dashboards.shared import theme
from dashboards.shared.components import say
from dashboards.staff import page_layout, pages, static_html, village_board_sheet
from dashboards.staff.actions import downloads, forms, uploads
from dashboards.staff.auth import guard, login
from dashboards.staff.request_context import RequestContext, StaffSite
from mingzhang.casework.store import Store
from mingzhang.storage.publication_reader import NothingPublishedError, StatementLimitError

HERE = Path(__file__).parent
# Nothing inline but Dash's own start script; inline styles are allowed because Plotly writes them.
CSP = (
    "default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def page_modules() -> dict[str, ModuleType]:
    """Return the page modules by path: every module in `pages/` is one."""
    found = [importlib.import_module(f"{pages.__name__}.{m.name}") for m in pkgutil.iter_modules(pages.__path__)]
    return {module.PAGE["path"]: module for module in found}


def render(context: RequestContext, modules: dict[str, ModuleType], path: str, query: dict[str, str]) -> Component:
    """Return a page in the site's layout, or a sentence that the viewer may not see it.

    Args:
        context: the request.
        modules: page modules by path.
        path: path asked for.
        query: query parameters.
    """
    module = modules.get(path.rstrip("/") or "/")
    if module is None:
        content: Component = html.Div([html.H1("没有这个页面"), html.P("请从上方菜单重新进入。")])
    elif not context.viewer.may(*module.PAGE["roles"]):
        content = html.Div([html.H1("不能查看"), say("您的岗位不能查看此页。", "bad")])
    else:
        try:
            content = module.layout(context, query)
        except NothingPublishedError as error:
            content = html.Div([html.H1(module.PAGE["name"]), say(f"{error}文件入库并核对之后，这里会有内容。")])
        except StatementLimitError as error:
            content = html.Div([html.H1(module.PAGE["name"]), say(str(error), "bad")])
    return page_layout.wrap(context, modules, path, content)


def create_app(data: Path, casework_url: str, clock: Callable[[], dt.datetime]) -> Dash:
    """Return the staff app.

    Args:
        data: the data folder; the staff snapshot, the inbox and casework lie there.
        casework_url: SQLAlchemy address of casework.
        clock: returns the time, UTC.
    """
    site = StaffSite(data, Store.open(casework_url), clock)
    server = Flask(__name__, static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = uploads.LARGEST + 2**20
    server.config["MAX_FORM_MEMORY_SIZE"] = 2**20

    class StreamingRequest(Request):
        """Streams an upload straight to the inbox's disk while hashing it."""

        def _get_file_stream(
            self,
            total_content_length: int | None,
            content_type: str | None,
            filename: str | None = None,
            content_length: int | None = None,
        ) -> IO[bytes]:
            return uploads.stream_into(site.incoming)  # type: ignore[return-value]

    server.request_class = StreamingRequest
    guard.register(server, site)
    theme.serve(server)
    server.add_url_rule("/health", endpoint="health", view_func=lambda: Response("OK", mimetype="text/plain"))
    login.register(server, site)
    forms.register(server, site)
    downloads.register(server, site)
    village_board_sheet.register(server)
    modules = page_modules()
    whole: Any = server
    app = Dash(__name__, server=whole, assets_folder=str(HERE / "static"), title="明账", update_title="明账")
    app.index_string = theme.DASH_INDEX
    app.layout = html.Div([dcc.Location(id="place", refresh=False), html.Div(id="page")])

    @app.callback(Output("page", "children"), Input("place", "pathname"), Input("place", "search"))
    def show(pathname: str | None, search: str | None) -> Component:
        query = dict(parse_qsl((search or "").removeprefix("?"), max_num_fields=30))
        return static_html.as_static_html(render(g.context, modules, pathname or "/", query))

    theme.warm(app)
    # Final only now that every callback is defined.
    server.config["CSP"] = CSP.format(hashes=" ".join(app.csp_hashes()))
    return app


def from_environment() -> Flask:
    """Return the server for gunicorn: `$MINGZHANG_DATA`, `$MINGZHANG_CASEWORK_URL`, the machine's clock."""
    data = Path(os.environ.get("MINGZHANG_DATA", "data")).absolute()
    url = os.environ.get("MINGZHANG_CASEWORK_URL", f"sqlite:///{data / 'casework.db'}")
    data.mkdir(parents=True, exist_ok=True)
    server = create_app(data, url, lambda: dt.datetime.now(dt.UTC)).server
    return cast("Flask", server)
