"""Form actions: upload, submit, certify, settle, decide, manage users. Each checks the session's token; no pages here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import wraps

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge

from dashboards.shared.components import address
from dashboards.staff import error_pages
from dashboards.staff.actions import uploads
from dashboards.staff.auth import guard
from dashboards.staff.auth.guard import UPLOADERS
from dashboards.staff.column_questions import ColumnQuestion
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.queries.findings import FindingQueries
from dashboards.staff.queries.record_pairs import RecordPairQueries
from dashboards.staff.request_context import RequestContext, StaffSite
from mingzhang.casework.workflow import (
    CERTIFIERS,
    RESTORERS,
    SETTLERS,
    Outcome,
    WorkflowError,
    check_can_be_certified,
    check_can_be_restored,
    check_can_be_settled,
    check_second_person,
)

CLEARED_FOR = {"": None, "6": 183, "12": 366, "24": 731}


def register(server: Flask, site: StaffSite) -> None:
    """Add the routes that change something."""

    def form_action(name: str) -> Callable[[Callable[[RequestContext], str]], None]:
        """Register a form action under /do/<name>; the handler returns the address to go to next."""

        def add(handler: Callable[[RequestContext], str]) -> None:
            @wraps(handler)
            def view() -> Response:
                guard.check_form()
                return redirect(handler(g.context), 303)  # type: ignore[return-value]

            server.add_url_rule(
                f"/do/{name}", endpoint=f"do_{name.replace('-', '_')}", view_func=view, methods=["POST"]
            )

        return add

    for name, handler in FORM_ACTIONS.items():
        form_action(name)(handler)

    @server.errorhandler(WorkflowError)
    def not_done(error: WorkflowError) -> Response:
        return error_pages.error_page("没有办成", str(error), 409)

    @server.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> Response:
        return error_pages.error_page("文件太大", "文件超过 50 MB，请按乡镇或项目拆分后分别上传。", 413)


def _form(name: str) -> str:
    return request.form.get(name, "").strip()


def _upload(context: RequestContext) -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise WorkflowError("请选择要上传的文件。")
    form = {name: _form(name) for name in ("county", "month", "kind", "programme", "corrects")}
    uploads.check_words(form["county"], form["month"], form["kind"], form["programme"], file.filename)
    if not context.viewer.sees(form["county"]) or (
        form["corrects"] and not SnapshotQueries(context).delivery(form["corrects"])
    ):
        abort(403)
    incoming = context.site.incoming
    uploads.sweep(incoming, context.now)
    form |= {"sender": context.viewer.name, "file_name": file.filename}
    upload = uploads.keep(incoming, file.stream, form, context.now)  # type: ignore[arg-type]
    context.site.store.log(
        context.viewer.name, "upload", upload.id, context.now, sha256=upload.sha256, county=upload.county
    )
    uploads.check(context.site.data, incoming, upload)
    return address("/upload", id=upload.id)


def own_upload(context: RequestContext, upload_id: str) -> uploads.Upload:
    """Return the viewer's own upload; an upload of anybody else is not found."""
    upload = uploads.read(context.site.incoming, upload_id)
    if upload is None or upload.sender != context.viewer.name:
        abort(404)
    return upload


def _mapping(context: RequestContext) -> str:
    upload = own_upload(context, _form("id"))
    headers, fields = request.form.getlist("header"), request.form.getlist("field")
    if upload.state == "submitted" or not headers or len(headers) != len(fields):
        raise WorkflowError("此文件已经提交，或页面已过期，请重新上传。")
    mapping = dict(zip(headers, fields, strict=True))
    context.site.store.confirm_mapping(upload.county, upload.kind, mapping, context.viewer.name, context.now)
    uploads.check(context.site.data, context.site.incoming, upload)
    return address("/upload", id=upload.id)


def _choose(context: RequestContext) -> str:
    """Answer a question about an upload's columns, then check it again."""
    upload = own_upload(context, _form("id"))
    mapping = _chosen(uploads.questions(uploads.result_of(context.site.incoming, upload) or {}))
    if upload.state == "submitted":
        raise WorkflowError("此文件已经提交，请到批次页上回答。")
    context.site.store.confirm_mapping(upload.county, upload.kind, mapping, context.viewer.name, context.now)
    uploads.check(context.site.data, context.site.incoming, upload)
    return address("/upload", id=upload.id)


def _choose_of_delivery(context: RequestContext) -> str:
    """Answer a question about a held delivery's columns; the next run reads it again."""
    held = _delivery(context, _form("id"))
    context.viewer.require(UPLOADERS | SETTLERS, held["county_code"])
    check_can_be_settled(held["status"])
    mapping = _chosen(SnapshotQueries(context).column_questions(held["delivery_id"]))
    context.site.store.confirm_mapping(held["county_code"], held["kind"], mapping, context.viewer.name, context.now)
    return address("/batch", id=held["delivery_id"], message="chosen")


def _chosen(asked: Iterable[ColumnQuestion]) -> dict[str, str]:
    """Return what the form says of the columns it was asked about: header → field.

    Raises:
        WorkflowError: nothing was chosen, or the question is no longer asked.
    """
    question = next((one for one in asked if str(one.at) == _form("question")), None)
    mapping = question.answer(_form("choice"), _form("field")) if question else None
    if mapping is None:
        raise WorkflowError("请选定一列；如页面已过期，请刷新后再选。")
    return mapping


def _submit(context: RequestContext) -> str:
    upload = own_upload(context, _form("id"))
    uploads.submit(context.site.data, context.site.incoming, upload)
    context.site.store.log(context.viewer.name, "submit", upload.id, context.now, sha256=upload.sha256)
    return "/batches?message=submitted"


def _discard(context: RequestContext) -> str:
    uploads.discard(context.site.incoming, own_upload(context, _form("id")))
    return "/upload?message=discarded"


def _delivery(context: RequestContext, delivery_id: str) -> dict[str, str]:
    found = SnapshotQueries(context).delivery(delivery_id)
    if found is None:
        abort(404)
    return found


def _certify(context: RequestContext) -> str:
    batch = _delivery(context, _form("id"))
    context.viewer.require(CERTIFIERS, batch["county_code"])
    check_second_person(batch["sender"], context.viewer.name, context.viewer.roles, CERTIFIERS)
    check_can_be_certified(batch["status"], SnapshotQueries(context).is_replaced(batch))
    context.site.store.certify(batch["delivery_id"], context.viewer.name, batch["sender"], context.now)
    return address("/batch", id=batch["delivery_id"], message="certified")


def _settle(context: RequestContext) -> str:
    held = _delivery(context, _form("id"))
    context.viewer.require(SETTLERS, held["county_code"])
    check_second_person(held["sender"], context.viewer.name, context.viewer.roles, SETTLERS)
    check_can_be_settled(held["status"])
    context.site.store.settle(held["delivery_id"], _form("outcome"), context.viewer.name, _form("why"), context.now)
    return address("/batch", id=held["delivery_id"], message="settled")


def _restore(context: RequestContext) -> str:
    withdrawn = _delivery(context, _form("id"))
    context.viewer.require(RESTORERS, withdrawn["county_code"])
    check_can_be_restored(withdrawn["status"])
    if not _form("why"):
        raise WorkflowError("请写明恢复的理由。")
    delivery = withdrawn["delivery_id"]
    uploads.ask_to_restore(context.site.data, delivery, context.viewer.name, _form("why")[:500])
    context.site.store.log(context.viewer.name, "restore_delivery", delivery, context.now)
    return address("/batch", id=delivery, message="restored")


def _decide(context: RequestContext) -> str:
    finding = FindingQueries(context).evidence_now(_form("id"))
    if finding is None:
        abort(404)
    try:
        outcome, seen_version = Outcome(_form("outcome")), int(_form("seen_version"))
    except ValueError:
        raise WorkflowError("请选择一个结论。") from None
    days = CLEARED_FOR.get(_form("until"))
    context.site.store.decide(
        finding["finding_id"],
        outcome,
        _form("reason"),
        by=context.viewer.name,
        roles=context.viewer.roles,
        seen_version=seen_version,
        seen_evidence=_form("seen_evidence"),
        evidence_now=finding["evidence_hash"],
        request_id=_form("request_id")[:64],
        now=context.now,
        rule=finding["rule"],
        rule_version=finding["rule_version"],
        county_code=finding["county_code"],
        amount_fen=_money(_form("amount"), finding["amount_fen"]),
        until=context.today + dt.timedelta(days=days) if days else None,
    )
    return address("/finding", id=finding["finding_id"], message="decided")


def _answer(context: RequestContext) -> str:
    pair = RecordPairQueries(context).pair(_form("id"))
    if pair is None or not _form("seen_version").isdecimal():
        abort(404)
    context.site.store.answer_pair(
        pair["pair_id"],
        _form("answer"),
        by=context.viewer.name,
        roles=context.viewer.roles,
        seen_version=int(_form("seen_version")),
        county_code=pair["county_code"],
        now=context.now,
        why=_form("why")[:500],
    )
    back = {"pair": pair["pair_id"]} if _form("pair") else {"state": _form("state"), "county": _form("county")[:6]}
    return address("/questions", **back, message="answered")


def _money(text: str, otherwise: int | None) -> int | None:
    """Return yuan as typed in fen; nothing typed means the finding's own amount."""
    if not text:
        return otherwise
    whole, _, part = text.replace(",", "").replace("，", "").partition(".")
    if not whole.isdecimal() or not whole.isascii() or (part and not part.isdecimal()) or len(part) > 2:
        raise WorkflowError("金额看不懂，请按元填写，例如 1200.50。")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _user_add(context: RequestContext) -> str:
    roles, counties = request.form.getlist("role"), _codes(_form("counties"))
    context.site.store.add_user(
        _form("name"),
        [r for r in roles if r],
        counties,
        request.form.get("password", ""),
        context.now,
        by=context.viewer.name,
    )
    return "/users?message=added"


def _user_change(context: RequestContext) -> str:
    store, name, now, by = context.site.store, _form("name"), context.now, context.viewer.name
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
    return "/users?message=changed"


def _codes(text: str) -> list[str]:
    codes = text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
    kept = [code for code in codes if code]
    if any(not code.isdecimal() or len(code) != 6 for code in kept):
        raise WorkflowError("县（区、市）代码应为六位数字，多个代码用逗号分开。")
    return kept


FORM_ACTIONS: dict[str, Callable[[RequestContext], str]] = {
    "upload": _upload,
    "mapping": _mapping,
    "choose": _choose,
    "choose-of-delivery": _choose_of_delivery,
    "submit": _submit,
    "discard": _discard,
    "certify": _certify,
    "settle": _settle,
    "restore": _restore,
    "decide": _decide,
    "answer": _answer,
    "user-add": _user_add,
    "user-change": _user_change,
}
