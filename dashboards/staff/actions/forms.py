"""What a form does: upload, submit, certify, settle, decide, manage users. Every one checks the session's token."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge

from dashboards.shared.components import address
from dashboards.staff import error_pages
from dashboards.staff.actions import uploads
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import Queries
from dashboards.staff.queries.findings import FindingQueries
from dashboards.staff.queries.record_pairs import Pairs
from dashboards.staff.request_context import Desk, House
from mingzhang.casework.workflow import CERTIFIERS, SETTLERS, Outcome, WorkflowError, check_second_person

CLEARED_FOR = {"": None, "6": 183, "12": 366, "24": 731}


def register(server: Flask, house: House) -> None:
    """Add the routes that change something."""

    def post(name: str) -> Callable[[Callable[[Desk], str]], None]:
        """Register a form handler under /do/<name>; it returns where to go next."""

        def add(handler: Callable[[Desk], str]) -> None:
            @wraps(handler)
            def view() -> Response:
                guard.check_form()
                return redirect(handler(g.desk), 303)  # type: ignore[return-value]

            server.add_url_rule(
                f"/do/{name}", endpoint=f"do_{name.replace('-', '_')}", view_func=view, methods=["POST"]
            )

        return add

    for name, handler in HANDLERS.items():
        post(name)(handler)

    @server.errorhandler(WorkflowError)
    def not_done(error: WorkflowError) -> Response:
        return error_pages.sentence("没有办成", str(error), 409)

    @server.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> Response:
        return error_pages.sentence("文件太大", "文件超过 50 MB，请按乡镇或项目拆分后分别上传。", 413)


def _form(name: str) -> str:
    return request.form.get(name, "").strip()


def _upload(desk: Desk) -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise WorkflowError("请选择要上传的文件。")
    said = {name: _form(name) for name in ("county", "month", "kind", "programme", "corrects")}
    uploads.check_words(said["county"], said["month"], said["kind"], said["programme"], file.filename)
    if not desk.viewer.sees(said["county"]) or (said["corrects"] and not Queries(desk).delivery(said["corrects"])):
        abort(403)
    incoming = desk.house.incoming
    uploads.sweep(incoming, desk.now)
    said |= {"sender": desk.viewer.name, "file_name": file.filename}
    upload = uploads.keep(incoming, file.stream, said, desk.now)  # type: ignore[arg-type]
    desk.house.store.log(desk.viewer.name, "upload", upload.id, desk.now, sha256=upload.sha256, county=upload.county)
    uploads.check(desk.house.data, incoming, upload)
    return address("/upload", id=upload.id)


def own_upload(desk: Desk, upload_id: str) -> uploads.Upload:
    """Return the viewer's own upload; anybody else's does not exist for him."""
    upload = uploads.read(desk.house.incoming, upload_id)
    if upload is None or upload.sender != desk.viewer.name:
        abort(404)
    return upload


def _mapping(desk: Desk) -> str:
    upload = own_upload(desk, _form("id"))
    headers, fields = request.form.getlist("header"), request.form.getlist("field")
    if upload.state == "submitted" or not headers or len(headers) != len(fields):
        raise WorkflowError("此文件已经提交，或页面已过期，请重新上传。")
    said = dict(zip(headers, fields, strict=True))
    desk.house.store.confirm_mapping(upload.county, upload.kind, said, desk.viewer.name, desk.now)
    uploads.check(desk.house.data, desk.house.incoming, upload)
    return address("/upload", id=upload.id)


def _submit(desk: Desk) -> str:
    upload = own_upload(desk, _form("id"))
    uploads.submit(desk.house.data, desk.house.incoming, upload)
    desk.house.store.log(desk.viewer.name, "submit", upload.id, desk.now, sha256=upload.sha256)
    return "/batches?said=submitted"


def _discard(desk: Desk) -> str:
    uploads.discard(desk.house.incoming, own_upload(desk, _form("id")))
    return "/upload?said=discarded"


def _delivery(desk: Desk, delivery_id: str) -> dict[str, str]:
    found = Queries(desk).delivery(delivery_id)
    if found is None:
        abort(404)
    return found


def _certify(desk: Desk) -> str:
    batch = _delivery(desk, _form("id"))
    check_second_person(batch["sender"], desk.viewer.name, desk.viewer.roles, CERTIFIERS)
    if batch["status"] not in ("accepted", "accepted_with_errors"):
        raise WorkflowError("此批次尚未入库，不能复核。")
    desk.house.store.certify(batch["delivery_id"], desk.viewer.name, batch["sender"], desk.now)
    return address("/batch", id=batch["delivery_id"], said="certified")


def _settle(desk: Desk) -> str:
    held = _delivery(desk, _form("id"))
    check_second_person(held["sender"], desk.viewer.name, desk.viewer.roles, SETTLERS)
    if held["status"] != "held":
        raise WorkflowError("此文件没有需要处理的暂缓事项。")
    desk.house.store.settle(held["delivery_id"], _form("outcome"), desk.viewer.name, _form("why"), desk.now)
    return address("/batch", id=held["delivery_id"], said="settled")


def _decide(desk: Desk) -> str:
    finding = FindingQueries(desk).evidence_now(_form("id"))
    if finding is None:
        abort(404)
    try:
        outcome, seen_version = Outcome(_form("outcome")), int(_form("seen_version"))
    except ValueError:
        raise WorkflowError("请选择一个结论。") from None
    days = CLEARED_FOR.get(_form("until"))
    desk.house.store.decide(
        finding["finding_id"],
        outcome,
        _form("reason"),
        by=desk.viewer.name,
        roles=desk.viewer.roles,
        seen_version=seen_version,
        seen_evidence=_form("seen_evidence"),
        evidence_now=finding["evidence_hash"],
        request_id=_form("request_id")[:64],
        now=desk.now,
        rule=finding["rule"],
        rule_version=finding["rule_version"],
        county_code=finding["county_code"],
        amount_fen=_money(_form("amount"), finding["amount_fen"]),
        until=desk.today + dt.timedelta(days=days) if days else None,
    )
    return address("/finding", id=finding["finding_id"], said="decided")


def _answer(desk: Desk) -> str:
    pair = Pairs(desk).pair(_form("id"))
    if pair is None or not _form("seen_version").isdecimal():
        abort(404)
    desk.house.store.answer_pair(
        pair["pair_id"],
        _form("answer"),
        by=desk.viewer.name,
        roles=desk.viewer.roles,
        seen_version=int(_form("seen_version")),
        county_code=pair["county_code"],
        now=desk.now,
        why=_form("why")[:500],
    )
    back = {"pair": pair["pair_id"]} if _form("pair") else {"state": _form("state"), "county": _form("county")[:6]}
    return address("/questions", **back, said="answered")


def _money(text: str, otherwise: int | None) -> int | None:
    """Return yuan as typed in fen; nothing typed means the finding's own amount."""
    if not text:
        return otherwise
    whole, _, part = text.replace(",", "").replace("，", "").partition(".")
    if not whole.isdecimal() or not whole.isascii() or (part and not part.isdecimal()) or len(part) > 2:
        raise WorkflowError("金额看不懂，请按元填写，例如 1200.50。")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _user_add(desk: Desk) -> str:
    roles, counties = request.form.getlist("role"), _codes(_form("counties"))
    desk.house.store.add_user(
        _form("name"),
        [r for r in roles if r],
        counties,
        request.form.get("password", ""),
        desk.now,
        by=desk.viewer.name,
    )
    return "/users?said=added"


def _user_change(desk: Desk) -> str:
    store, name, now, by = desk.house.store, _form("name"), desk.now, desk.viewer.name
    if name == by:
        raise WorkflowError("不能在这里修改自己的账号，请由另一位系统管理员办理。")
    step = _form("step")
    if step == "password":
        store.set_password(name, request.form.get("password", ""), now, by)
    elif step in ("disable", "enable"):
        store.disable_user(name, now, by, disabled=step == "disable")
    elif step == "roles":
        store.set_roles(name, [r for r in request.form.getlist("role") if r], _codes(_form("counties")), now, by)
    else:
        raise WorkflowError("请选择要办理的事项。")
    return "/users?said=changed"


def _codes(text: str) -> list[str]:
    codes = text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
    kept = [code for code in codes if code]
    if any(not code.isdecimal() or len(code) != 6 for code in kept):
        raise WorkflowError("县（区、市）代码应为六位数字，多个代码用逗号分开。")
    return kept


HANDLERS: dict[str, Callable[[Desk], str]] = {
    "upload": _upload,
    "mapping": _mapping,
    "submit": _submit,
    "discard": _discard,
    "certify": _certify,
    "settle": _settle,
    "decide": _decide,
    "answer": _answer,
    "user-add": _user_add,
    "user-change": _user_change,
}
