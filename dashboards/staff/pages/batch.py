"""批次: one delivery, what is wrong with it, who certified it; settling a hold and certifying happen here."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import Column, badge, facts, field, hidden, link, say, select, table
from dashboards.staff import column_questions
from dashboards.staff.auth import guard
from dashboards.staff.pages.batches import TONES, can_be_certified
from dashboards.staff.pages.upload import LEVEL_TONES, SHOWN
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.casework.workflow import CERTIFIERS, RESTORERS, SETTLERS
from mingzhang.catalog import formats, words

PAGE = {"path": "/batch", "name": "批次", "roles": guard.WORKERS}
MESSAGES = {
    "certified": "已复核通过。",
    "settled": "已记下处理意见，通常半分钟内生效，请稍候刷新。",
    "chosen": "已记下，通常半分钟内按此重读，请稍候刷新。",
    "restored": "已记下恢复，通常半分钟内重新计入，请稍候刷新。",
}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return one delivery, or say that there is none."""
    queries = SnapshotQueries(context)
    delivery = queries.delivery(query.get("id", ""))
    if delivery is None:
        return html.Div([html.H1("没有这个批次"), html.P(link("/batches", "回到批次列表"))])
    message = MESSAGES.get(query.get("message", ""))
    parts = [
        html.Nav(
            html.Ol([html.Li(link("/batches", "批次与复核")), html.Li(delivery["delivery_id"])]), className="crumbs"
        ),
        html.H1(delivery["file_name"] or "批次"),
        say(message, "ok") if message else None,
        _summary(context, queries, delivery),
        _questions(context, queries, delivery),
        _steps(context, delivery),
        _sheets(queries, delivery["delivery_id"]),
        _problems(queries, delivery["delivery_id"]),
        _repairs(queries, delivery["delivery_id"]),
    ]
    return html.Div([part for part in parts if part is not None])


def _summary(context: RequestContext, queries: SnapshotQueries, delivery: dict[str, Any]) -> Component:
    kinds = words.delivery_titles()
    status = badge(
        words.DELIVERY_STATUSES.get(delivery["status"], delivery["status"]), TONES.get(delivery["status"], "")
    )
    certified = context.site.store.certifications().get(delivery["delivery_id"])
    pairs = [
        ("状态", status),
        ("原因", delivery["message"]),
        ("县（区、市）", delivery["county_name"] or delivery["county_code"]),
        ("所属月份", formats.month(delivery["month"])),
        ("种类", kinds.get(delivery["kind"], delivery["kind"])),
        ("补贴项目", delivery["programme_name"]),
        ("提交", f"{delivery['sender']}，{formats.moment(delivery['received_at'])}"),
        ("更正的是", _original_link(queries, delivery)),
        ("已有更正", _corrections_links(queries, delivery)),
        ("明细", _lines(delivery)),
        ("入库金额", formats.yuan_of(delivery["kind"], delivery["total_fen"])),
        ("文件自报合计", formats.yuan_of(delivery["kind"], delivery["declared_total_fen"])),
        ("复核", f"{certified.by}，{formats.moment(certified.at)}" if certified else "尚未复核"),
        ("批次号", html.Span(delivery["delivery_id"], className="mono")),
    ]
    return html.Section(facts(pairs, wide=True), className="card")


def _original_link(queries: SnapshotQueries, delivery: dict[str, Any]) -> Component | str:
    """Return the link to the delivery that is corrected; where it has not arrived, only its number."""
    key = delivery["corrects"]
    if not key:
        return ""
    original = queries.delivery(key)
    return link("/batch", original["file_name"] or key, id=key) if original else f"批次 {key}（尚未收到）"


def _corrections_links(queries: SnapshotQueries, delivery: dict[str, Any]) -> Component | str:
    """Return the links to the corrections of a delivery, each with its state."""
    rows = list(queries.corrections(delivery["delivery_id"]))
    if not rows:
        return ""
    items = [
        html.Li(
            [
                link("/batch", row["file_name"] or row["delivery_id"], id=row["delivery_id"]),
                f"（{words.DELIVERY_STATUSES.get(row['status'], row['status'])}）",
            ]
        )
        for row in rows
    ]
    return html.Ul(items)


def _lines(delivery: dict[str, Any]) -> str:
    counts = [formats.count(delivery[name]) for name in ("lines", "accepted", "rejected", "held")]
    return "共 {} 行：入库 {}，不收 {}，暂缓 {}".format(*counts)


def _steps(context: RequestContext, delivery: dict[str, Any]) -> Component:
    """Return what this viewer can do with the delivery."""
    key = delivery["delivery_id"]
    parts: list[Component] = [
        html.Div(
            [
                link("/receipt", "打印回执", id=key),
                html.A("下载回执（JSON）", href=f"/file/receipt.json?id={key}"),
                html.A("下载问题清单", href=f"/file/problems.xlsx?id={key}"),
                *_correction(context, delivery),
            ],
            className="actions",
        )
    ]
    is_sender = delivery["sender"].casefold() == context.viewer.name.casefold()
    if delivery["status"] == "held" and context.viewer.may(*SETTLERS):
        parts.append(_settle(context, key, is_sender))
    if delivery["status"] == "withdrawn" and context.viewer.may(*RESTORERS):
        parts.append(_restore(context, key))
    if (
        can_be_certified(delivery)
        and context.viewer.may(*CERTIFIERS)
        and key not in context.site.store.certified_batches()
    ):
        parts.append(_certify(context, key, is_sender))
    return html.Section(parts, className="card")


def _questions(context: RequestContext, queries: SnapshotQueries, delivery: dict[str, Any]) -> Component | None:
    """Return the questions of a held delivery that choosing a column answers."""
    if delivery["status"] != "held" or not context.viewer.may(*guard.UPLOADERS, *SETTLERS):
        return None
    key = delivery["delivery_id"]
    forms = [
        column_questions.form(question, context.token, key, "/do/choose-of-delivery")
        for question in queries.column_questions(key)
    ]
    if not forms:
        return None
    hint = "选定以后，本县以后同类文件都按此读取，此批次按此重读；别的栏目请在上传页“表头怎样读的”里改。"
    return html.Section([html.H2("请回答"), html.P(hint, className="hint"), *forms], className="card questions")


def _correction(context: RequestContext, delivery: dict[str, Any]) -> list[Component]:
    """Return the links to download a delivery's correction workbook and to upload the corrected one."""
    if not context.viewer.may(*guard.BUREAU):
        return []
    found = SnapshotQueries(context).data_errors(delivery["delivery_id"])
    if not (delivery["rejected"] or delivery["warnings"] or found):
        return []
    words_of = f"下载更正表（含核对出的 {found} 行）" if found else "下载更正表"
    links: list[Component] = [html.A(words_of, href=f"/file/workbook.xlsx?id={delivery['delivery_id']}")]
    if context.viewer.may(*guard.UPLOADERS):
        declared = {name: delivery[name] for name in ("kind", "programme")}
        declared |= {
            "county": delivery["county_code"],
            "month": f"{delivery['month']:%Y-%m}" if delivery["month"] else "",
        }
        links.append(link("/upload", "上传更正", corrects=delivery["delivery_id"], **declared))
    return links


def _settle(context: RequestContext, key: str, is_sender: bool) -> Component:
    settled = {s.delivery_id: s for s in context.site.store.facts().settlements}.get(key)
    if settled:
        return html.P(
            f"{settled.by} 已处理：{words.SETTLEMENT_OUTCOMES[settled.outcome]}。理由：{settled.why.rstrip('。')}。稍后生效。"
        )
    if is_sender:
        return html.P("此文件由您提交，须由另一位复核人员处理。", className="muted")
    return html.Form(
        [
            html.H2("处理暂缓"),
            *hidden(token=context.token, id=key),
            field("处理意见", select("outcome", words.SETTLEMENT_OUTCOMES, empty="请选择")),
            field("理由", dcc.Textarea(name="why", required=True, maxLength=500), "理由会随批次保存，供审计查看。"),
            html.Div(html.Button("确定", type="submit"), className="actions"),
        ],
        action="/do/settle",
        method="POST",
    )


def _restore(context: RequestContext, key: str) -> Component:
    return html.Form(
        [
            html.H2("恢复"),
            html.P("此批次已撤回，记录没有计入。恢复后重新计入；撤回和恢复都留有回执。"),
            *hidden(token=context.token, id=key),
            field("理由", dcc.Textarea(name="why", required=True, maxLength=500), "理由会写进回执，供审计查看。"),
            html.Div(html.Button("恢复此批次", type="submit"), className="actions"),
        ],
        action="/do/restore",
        method="POST",
    )


def _certify(context: RequestContext, key: str, is_sender: bool) -> Component:
    if is_sender:
        return html.P("此批次由您提交，须由另一位复核人员复核。", className="muted")
    return html.Form(
        [
            html.H2("复核"),
            html.P("请核对行数、金额和下列问题。复核通过后，此批次才会进入公开内容。"),
            *hidden(token=context.token, id=key),
            html.Div(html.Button("复核通过", type="submit"), className="actions"),
        ],
        action="/do/certify",
        method="POST",
    )


def _sheets(queries: SnapshotQueries, key: str) -> Component:
    rows = []
    for sheet in queries.sheets(key):
        header, fields = sheet["header"] or [], sheet["fields"] or []
        ignored = [name for name, field_ in zip(header, fields, strict=False) if name and not field_]
        left = sheet["ignored_reason"]
        how = words.SHEETS_LEFT[left] if left else f"表头在第 {sheet['header_row']} 行"
        rows.append((sheet["sheet"], how, "、".join(ignored)))
    return html.Details([html.Summary("工作表和表头"), table(["工作表", "怎样读", "没有使用的列"], rows)])


def _problems(queries: SnapshotQueries, key: str) -> Component:
    problems = queries.problems(key)
    if not len(problems):
        return html.P("没有发现问题。", className="muted")
    rows = [
        (
            badge(formats.problem_level(p), LEVEL_TONES.get(p["level"], "")),
            p["sheet"] or "",
            p["row"] or "",
            p["column_name"] or "",
            p["message"],
        )
        for p in problems.rows[:SHOWN]
    ]
    more = f"，以下为前 {SHOWN} 处" if len(problems) > SHOWN else ""
    columns = ["处理", "工作表", Column("行", "number"), "列", "问题"]
    return html.Section([html.H2("发现的问题"), table(columns, rows, f"共 {len(problems):,} 处{more}")])


def _repairs(queries: SnapshotQueries, key: str) -> Component | None:
    """Return the repairs by kind and by line: as written and as read."""
    kinds = queries.repairs_by_kind(key)
    if not len(kinds):
        return None
    counts = [(words.REPAIRS[row["kind"]], formats.count(row["count"])) for row in kinds]
    rows = [
        (
            r["sheet"] or "",
            r["row"] or "",
            r["column_name"] or "",
            words.REPAIRS[r["kind"]],
            # identity numbers and accounts are kept in one place only; what was sent is in the original file
            *((r["from_value"] or "（空）", r["to_value"]) if r["to_value"] else ("见原件", "号码不在此显示")),
        )
        for r in queries.repairs(key, SHOWN)
    ]
    every = sum(row["count"] for row in kinds)
    caption = f"共 {every:,} 处" + (f"，以下为前 {SHOWN} 处" if every > SHOWN else "") + "。原值都在收到的原件里。"
    columns = ["工作表", Column("行", "number"), "列", "怎样整理", "原来", "现在"]
    summed = table(["怎样整理", Column("处", "number")], counts)
    return html.Details([html.Summary(f"系统整理过的写法（{every:,} 处）"), summed, table(columns, rows, caption)])
