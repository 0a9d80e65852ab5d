"""上传: choose a file, see what is wrong with it, then submit it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboards.shared.components import (
    Column,
    address,
    badge,
    data,
    facts,
    field,
    hidden,
    link,
    say,
    select,
    table,
    text_input,
)
from dashboards.staff import column_questions
from dashboards.staff.actions import uploads
from dashboards.staff.auth import guard
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.request_context import RequestContext
from mingzhang.catalog import formats, words

PAGE = {"path": "/upload", "name": "上传", "roles": guard.UPLOADERS, "menu": 2}
SHOWN = 60  # of each list; the rest is in the download
MONTHS_OFFERED = 18
STATUSES = {
    "accepted": ("ok", "检查通过，可以提交。"),
    "accepted_with_errors": ("warn", "可以提交，但有些行不会入库。建议先改好再上传。"),
    "held": ("warn", "可以提交，但须由复核人员确认后才会入库。"),
    "refused": ("bad", "此文件不能入库。"),
    "already_received": ("bad", "这个文件以前已经提交过，不必重复提交。"),
    "withdrawn": ("warn", "这个文件以前提交过，后来撤回了；不必重传，请恢复原来的批次。"),
}
LEVEL_TONES = {"reject": "bad", "hold": "warn", "warn": "warn", "note": ""}


def layout(context: RequestContext, query: dict[str, str]) -> Component:
    """Return the form, or the answer to one upload."""
    upload = uploads.read(context.site.incoming, query.get("id", ""))
    if upload is None or upload.sender != context.viewer.name:
        return _form(context, query)
    result = uploads.result_of(context.site.incoming, upload)
    if result is None:
        return html.Div([html.H1("正在检查"), say("文件正在检查，请稍候刷新本页。")])
    return _answer(context, upload, result)


def _form(context: RequestContext, query: dict[str, str]) -> Component:
    queries = SnapshotQueries(context)
    counties = queries.counties_to_send()
    county = query.get("county") or (next(iter(counties)) if len(counties) == 1 else "")
    kinds = words.delivery_titles()
    months = _months(context.today)
    where = (
        select("county", counties, county, empty="请选择")
        if counties
        else text_input("county", county, pattern="[0-9]{6}", maxLength=6, required=True)
    )
    message = say("已删除该文件。", "ok") if query.get("message") == "discarded" else None
    if query.get("corrects"):
        message = say(f"本次上传用来更正批次 {query['corrects'][:16]}：请上传改好的更正表。")
    return html.Div(
        [
            html.H1("上传文件"),
            html.P(
                "选好文件和所属月份，系统检查后告诉您哪些行可以入库、哪些有问题。一般几秒钟；"
                "文件大或同时上传的人多时要多等一会儿，最长两分钟。提交之前不会入库。"
            ),
            message,
            html.Form(
                [
                    *hidden(token=context.token, corrects=query.get("corrects", "")),
                    field(
                        "文件",
                        text_input("file", None, "file", required=True),
                        "Excel、WPS 表格、CSV、DBF 或业务系统导出的原文件，不超过 50 MB。身份证号、账号列请设为“文本”格式。",
                    ),
                    html.Div(
                        [
                            field("县（区、市）", where),
                            field("所属月份", select("month", months, query.get("month", ""), empty="请选择")),
                            field("文件种类", select("kind", kinds, query.get("kind", "roster"), empty=None)),
                            field(
                                "补贴项目",
                                select(
                                    "programme",
                                    queries.programmes(),
                                    query.get("programme", ""),
                                    empty="由文件内容确定",
                                ),
                            ),
                        ],
                        className="filters",
                    ),
                    html.Div(html.Button("上传并检查", type="submit"), className="actions"),
                ],
                action="/do/upload",
                method="POST",
                encType="multipart/form-data",
                className="card",
                **data(busy="正在上传并检查，请稍候……"),
            ),
            _templates(kinds, county),
        ]
    )


def _templates(kinds: Mapping[str, str], county: str) -> Component:
    """Return the links to the empty forms; where the county is known, its villages come as a drop-down."""
    links = [
        html.Li(html.A(name, href=address("/file/template.xlsx", kind=kind, county=county)))
        for kind, name in kinds.items()
    ]
    hint = html.P("模板带有下拉选项和填写说明，证号、账号列已设为文本。")
    return html.Details([html.Summary("下载空白模板"), hint, html.Ul(links)], className="card")


def _months(today: dt.date) -> dict[str, str]:
    """Return the latest months, newest first, by YYYY-MM."""
    index = today.year * 12 + today.month - 1
    found = [dt.date((index - back) // 12, (index - back) % 12 + 1, 1) for back in range(MONTHS_OFFERED)]
    return {f"{m:%Y-%m}": formats.month(m) for m in found}


def _answer(context: RequestContext, upload: uploads.Upload, result: dict[str, Any]) -> Component:
    tone, sentence = STATUSES.get(result["status"], ("", result["status"]))
    problems = result.get("problems") or []
    if problems:
        context.site.store.log(context.viewer.name, "read.upload", upload.id, context.now, count=len(problems))
    parts = [
        html.H1("检查结果"),
        say([html.P(sentence, className="strong"), html.P(result.get("message"))], tone),
        _steps(context, upload, result),
        _questions(context, upload, result) if upload.state != "submitted" else None,
        _figures(context, upload, result),
        _mapping(context, upload, result) if upload.state != "submitted" else None,
        _problems(upload, problems),
        _repairs(result.get("repairs") or []),
    ]
    return html.Div([part for part in parts if part is not None])


def _figures(context: RequestContext, upload: uploads.Upload, result: dict[str, Any]) -> Component:
    kinds = words.delivery_titles()
    declared = result.get("declared_total_fen")
    pairs = [
        ("文件", upload.file_name),
        ("县（区、市）", SnapshotQueries(context).counties_to_send().get(upload.county, upload.county)),
        ("所属月份", formats.month(dt.date.fromisoformat(f"{upload.month}-01"))),
        ("种类", kinds.get(upload.kind, upload.kind)),
        ("补贴项目", SnapshotQueries(context).programmes().get(upload.programme, upload.programme)),
    ]
    if result.get("lines") is not None:
        pairs += [
            ("明细行", f"{result['lines']:,} 行"),
            (
                "可以入库",
                f"{result['accepted']:,} 行，{formats.yuan_of(upload.kind, result.get('total_fen') if result['accepted'] else 0)}",
            ),
            ("不收", f"{result['rejected']:,} 行"),
            ("暂缓", f"{result['held']:,} 行"),
            ("提醒", f"{result['warnings']:,} 处"),
            ("文件自报合计", formats.yuan(declared) if declared is not None else "文件中没有合计"),
        ]
    return html.Section(facts(pairs, wide=True), className="card")


def _steps(context: RequestContext, upload: uploads.Upload, result: dict[str, Any]) -> Component:
    """Return what can be done now: submit, download, discard."""
    if upload.state == "submitted":
        return say(["已提交，正在入库。请到", dcc.Link("批次与复核", href="/batches"), "查看进度。"], "ok")
    buttons: list[Component] = []
    if result["status"] not in uploads.NOT_TO_SUBMIT:
        buttons.append(
            html.Form(
                [*hidden(token=context.token, id=upload.id), html.Button("提交入库", type="submit")],
                action="/do/submit",
                method="POST",
            )
        )
    if result.get("reason") == "withdrawn_before":
        buttons.append(link("/batch", "到原来的批次去恢复", id=result["delivery"]))
    if result.get("problems"):
        buttons.append(
            html.A("下载问题清单", href=f"/file/upload-problems.xlsx?id={upload.id}", className="button quiet")
        )
    buttons.append(
        html.Form(
            [*hidden(token=context.token, id=upload.id), html.Button("不要了，删除", type="submit", className="quiet")],
            action="/do/discard",
            method="POST",
        )
    )
    return html.Div(
        [*buttons, dcc.Link("上传另一个文件", href=f"/upload?county={upload.county}&month={upload.month}")],
        className="actions card",
    )


def _questions(context: RequestContext, upload: uploads.Upload, result: dict[str, Any]) -> Component | None:
    """Return what holds the file: each question with its columns, to be answered here, or with its rows."""
    problems = result.get("problems") or []
    asked = {question.at: question for question in uploads.questions(result)}
    labels = result.get("fields") or {}
    parts: list[Component] = []
    for at, problem in enumerate(problems):
        if at in asked:
            parts.append(column_questions.form(asked[at], context.token, upload.id, "/do/choose", labels))
        elif problem["level"] == "hold":
            where = " ".join(
                part for part in (problem.get("sheet"), _row(problem), _one_line(problem.get("column"))) if part
            )
            parts.append(
                html.Div(
                    [html.P(problem["message"]), html.P(where, className="hint") if where else None],
                    className="question",
                )
            )
    if not parts:
        return None
    hint = "选定以后，本县以后同类文件都按此读取；其余的提交后由复核人员确认。"
    return html.Section([html.H2("请回答"), html.P(hint, className="hint"), *parts], className="card questions")


def _row(problem: dict[str, Any]) -> str:
    return f"第 {problem['row']} 行" if problem.get("row") else ""


def _mapping(context: RequestContext, upload: uploads.Upload, result: dict[str, Any]) -> Component | None:
    """Return how the headers were read, for the sender to confirm or correct; the answer is remembered."""
    labels = {"": "不使用", **(result.get("fields") or {})}
    sheets = [sheet for sheet in result.get("sheets") or [] if sheet.get("columns")]
    columns = {column["header"]: column["field"] or "" for sheet in sheets for column in sheet["columns"]}
    if not columns or len(labels) == 1:
        return None
    rows = [
        (_one_line(header), html.Div([*hidden(header=header), select("field", labels, field_name, empty=None)]))
        for header, field_name in columns.items()
    ]
    form = html.Form(
        [
            html.P("系统按列名认出了下列内容。认错了可以改正；确认后，本县以后同类文件都按此读取。"),
            *hidden(token=context.token, id=upload.id),
            table(["文件中的列", "读作"], rows),
            html.Div(html.Button("确认并重新检查", type="submit", className="quiet"), className="actions"),
        ],
        action="/do/mapping",
        method="POST",
    )
    is_asked = not uploads.questions(result) and result.get("reason") in (
        "missing_column",
        "header_not_recognised",
        "duplicate_column",
    )
    return html.Details([html.Summary("表头怎样读的"), form], open=is_asked, className="card")


def _one_line(text: Any) -> str:
    return " ".join(str(text or "").split())


def _problems(upload: uploads.Upload, problems: list[dict[str, Any]]) -> Component | None:
    if not problems:
        return None
    rows = [
        (
            badge(formats.problem_level(p), LEVEL_TONES.get(p["level"], "")),
            p.get("sheet") or "",
            p.get("row") or "",
            _one_line(p.get("column")),
            p["message"],
        )
        for p in problems[:SHOWN]
    ]
    more = f"，以下为前 {SHOWN} 处，全部请下载问题清单" if len(problems) > SHOWN else ""
    caption = f"共 {len(problems):,} 处{more}。行号是原文件中的行号。"
    columns = ["处理", "工作表", Column("行", "number"), "列", "问题"]
    return html.Section([html.H2("发现的问题"), table(columns, rows, caption)])


def _repairs(repairs: list[dict[str, Any]]) -> Component | None:
    """Return the repairs: no value is changed without being shown."""
    if not repairs:
        return None
    rows = [
        (
            r.get("sheet") or "",
            r.get("row") or "",
            _one_line(r.get("column")),
            words.REPAIRS[r["kind"]],
            r["from"] or "（空）",
            r["to"],
        )
        for r in repairs[:SHOWN]
    ]
    columns = ["工作表", Column("行", "number"), "列", "怎样整理", "原来", "现在"]
    title = f"系统整理过的写法（{len(repairs):,} 处，原值都保留）"
    return html.Details([html.Summary(title), table(columns, rows)])
