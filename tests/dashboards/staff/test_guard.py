"""Nobody comes in by a door that is not theirs: every route × role, origins, tokens, headers, cookies."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from dashboards.staff.app import page_modules
from dashboards.staff.auth import guard
from mingzhang.casework.workflow import Role

from .conftest import OURS, USERS, Site, callback_body

# Addresses to try for the routes with parts.
EXAMPLES = {
    "/<path:path>": "/findings",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "/_dash-component-suites/dash/html/x.js",
    "/assets/<path:filename>": "/assets/staff.js",
}
ROLE_OF = {name: Role(role) for name, role, _ in USERS}
REFUSED = {401, 403}


def routes(site: Site) -> list[Rule]:
    return list(site.app.server.url_map.iter_rules())


def test_every_route_is_classified(site: Site) -> None:
    known = guard.ANYBODY | set(guard.ROLES)
    assert {rule.endpoint for rule in routes(site)} - known == set(), "classify the new route in guard.py"


def test_a_route_nobody_classified_is_refused(own_site: Site) -> None:
    own_site.app.server.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert own_site.client("boss").get("/forgotten").status_code == 403


def test_there_is_no_web_socket(site: Site) -> None:
    assert not [rule for rule in routes(site) if rule.websocket]


def call(client: FlaskClient, rule: Rule) -> int:
    address = EXAMPLES.get(rule.rule, rule.rule)
    if "POST" in (rule.methods or ()):
        body = callback_body("/") if rule.endpoint == "/_dash-update-component" else None
        return client.post(address, json=body, headers=OURS).status_code
    return client.get(address).status_code


def test_anonymous_gets_nothing(site: Site) -> None:
    for rule in routes(site):
        if rule.endpoint in guard.ANYBODY:
            continue
        status = call(site.client(), rule)
        expected = {303} if rule.endpoint in ("/", "/<path:path>") else {401}
        assert status in expected, rule
    assert "/login?next=" in site.client().get("/findings?status=open").headers["Location"]


@pytest.mark.parametrize("name", [name for name, _, _ in USERS])
def test_every_route_and_role(site: Site, name: str) -> None:
    for rule in routes(site):
        if rule.endpoint in guard.ANYBODY or rule.endpoint == "do_logout":
            continue
        status = call(site.client(name), rule)
        if ROLE_OF[name] not in guard.ROLES[rule.endpoint]:
            assert status == 403, rule
        elif rule.endpoint.startswith("do_"):
            assert status == 403, f"{rule}: a form without token must be refused"
        else:
            assert status not in REFUSED, rule


@pytest.mark.parametrize("name", [name for name, _, _ in USERS])
@pytest.mark.parametrize("path", list(page_modules()))
def test_every_page_and_role(site: Site, name: str, path: str) -> None:
    module = page_modules()[path]
    shown = site.page(name, path)
    if ROLE_OF[name] in module.PAGE["roles"]:
        assert "您的岗位不能查看此页" not in shown
        assert '["h1", {}' in shown
    else:
        assert "您的岗位不能查看此页" in shown
        assert "韦大山" not in shown


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": "http://localhost"}, True),
        ({}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, False),
    ],
)
@pytest.mark.parametrize("kind", ["form", "json", "text", "multipart"])
def test_only_our_own_pages_change_things(site: Site, headers: dict[str, str], allowed: bool, kind: str) -> None:
    client, token = site.client("auditor"), site.token("auditor")
    form = {"token": token, "id": "f000000000000001", "outcome": "nonsense", "seen_version": "0"}
    before = len(site.store.decisions())
    if kind == "json":
        status = client.post("/_dash-update-component", json=callback_body("/findings"), headers=headers).status_code
        assert status == (200 if allowed else 403)
    elif kind == "text":
        status = client.post("/do/decide", data="x", content_type="text/plain", headers=headers).status_code
        assert status == 403, "without a token even our own page is refused"
    else:
        content_type = "multipart/form-data" if kind == "multipart" else "application/x-www-form-urlencoded"
        status = client.post("/do/decide", data=form, content_type=content_type, headers=headers).status_code
        assert status == (409 if allowed else 403)
    assert len(site.store.decisions()) == before


@pytest.mark.parametrize("token", ["", "x", "é", "0" * 40])
def test_a_form_needs_its_own_sessions_token(site: Site, token: str) -> None:
    answer = site.client("checker").post("/do/certify", data={"token": token, "id": "0000000000000001"}, headers=OURS)
    assert answer.status_code == 403
    stolen = site.client("checker").post(
        "/do/certify", data={"token": site.token("auditor"), "id": "0000000000000001"}, headers=OURS
    )
    assert stolen.status_code == 403
    assert site.store.certified_batches() == frozenset()


def test_headers(site: Site) -> None:
    for client, address in [
        (site.client(), "/login"),
        (site.client("auditor"), "/"),
        (site.client("auditor"), "/assets/staff.js"),
    ]:
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy.split("script-src")[1].split(";")[0]
        for part in ("default-src 'none'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers
    assert site.client("auditor").get("/").headers["Cache-Control"] == "no-store"


def test_inline_scripts_are_covered_by_the_policy(site: Site) -> None:
    from base64 import b64encode
    from hashlib import sha256

    answer = site.client("auditor").get("/")
    policy = answer.headers["Content-Security-Policy"]
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", answer.text, re.DOTALL)
    code = [text for text in inline if not text.strip().startswith("{")]  # Dash's settings are data, not code
    assert code
    for text in code:
        assert b64encode(sha256(text.encode()).digest()).decode() in policy


@pytest.mark.parametrize("name", ["app.py", "guard.py", "staff/app.py", "../app.py", "payments.py", "%2e%2e/app.py"])
def test_no_source_is_served(site: Site, name: str) -> None:
    answer = site.client("auditor").get(f"/assets/{name}")
    assert answer.status_code == 404


def test_plain_http_is_for_this_machine_only(site: Site) -> None:
    assert site.client().get("/login", headers={"Host": "staff.example.cn"}).status_code == 403
    assert site.client().get("/login", headers={"Host": "127.0.0.1:8051"}).status_code == 200
    assert site.client().get("/login", base_url="https://staff.example.cn").status_code == 200


def test_cookies(own_site: Site) -> None:
    client = own_site.app.server.test_client()
    form = {"name": "auditor", "password": "purple tractor 79"}
    secure = client.post("/do/login", data=form, headers=OURS, base_url="https://staff.example.cn")
    cookies = secure.headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if "session" in cookie)
    assert session.startswith("__Host-session=")
    for flag in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert flag in session
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    plain = client.post("/do/login", data=form, headers=OURS)
    assert "mingzhang-session=" in plain.headers.getlist("Set-Cookie")[0]
    assert "HttpOnly" in plain.headers.getlist("Set-Cookie")[0]


def test_a_session_set_by_somebody_else_is_not_taken_over(own_site: Site) -> None:
    client = own_site.app.server.test_client()
    client.set_cookie("mingzhang-session", "fixed-by-attacker")
    client.post("/do/login", data={"name": "auditor", "password": "purple tractor 79"}, headers=OURS)
    cookie = client.get_cookie("mingzhang-session")
    assert cookie
    assert cookie.value != "fixed-by-attacker"


def test_signing_out_ends_it_on_the_server(own_site: Site) -> None:
    cookie = own_site.client("auditor").get_cookie("mingzhang-session")
    assert cookie
    assert own_site.post("auditor", "/do/logout").headers["Location"] == "/login?message=out"
    replay = own_site.app.server.test_client()
    replay.set_cookie("mingzhang-session", cookie.value)
    assert replay.get("/").status_code == 303


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/findings?status=open", "/findings?status=open"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_signing_in_goes_on_to_our_own_pages_only(own_site: Site, wanted: str, goes: str) -> None:
    client = own_site.app.server.test_client()
    form = {"name": "auditor", "password": "purple tractor 79", "next": wanted}
    assert client.post("/do/login", data=form, headers=OURS).headers["Location"] == goes


def test_a_wrong_password_says_no_more_than_an_unknown_user(own_site: Site) -> None:
    client = own_site.app.server.test_client()
    answers = [
        client.post("/do/login", data={"name": name, "password": "wrong wrong 1"}, headers=OURS)
        for name in ("auditor", "nobody")
    ]
    assert {answer.headers["Location"] for answer in answers} == {"/login?message=wrong"}
    assert all(not answer.headers.getlist("Set-Cookie") for answer in answers)


def test_idle_half_an_hour_ends_the_session(own_site: Site) -> None:
    import datetime as dt

    client = own_site.client("auditor")
    own_site.clock.now += dt.timedelta(minutes=29)
    assert client.get("/").status_code == 200
    own_site.clock.now += dt.timedelta(minutes=31)
    assert client.get("/").status_code == 303
