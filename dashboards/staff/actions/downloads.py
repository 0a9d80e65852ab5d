"""Downloads: problem lists, receipts, the findings list. Each uses the same queries as its page; no SQL here."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, Response, abort, g, request, send_file

from dashboards.staff import excel, presumed_links
from dashboards.staff.actions import uploads
from dashboards.staff.actions.forms import own_upload
from dashboards.staff.queries.deliveries import SnapshotQueries
from dashboards.staff.queries.findings import FindingFilter, FindingQueries
from dashboards.staff.queries.leads import ArrearsFilter, LeadQueries
from dashboards.staff.request_context import RequestContext, StaffSite
from dashboards.staff.visit_list import ARREARS_HEADER, VISIT_HEADER, arrears_row, visit_row
from mingzhang.casework.workflow import WorkflowError
from mingzhang.catalog import formats, words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROBLEM_HEADER = ("处理", "工作表", "行", "列", "问题")
FINDING_HEADER = (
    *("编号", "规则", "疑点", "类别", "严重程度", "状态", "县区代码", "地点", "姓名", "补贴项目"),
    *("起始月", "截止月", "涉及金额（元）", "规则版本", "身份"),
)


def register(server: Flask, site: StaffSite) -> None:
    """Add the download routes."""
    _of_uploads(server, site)
    _of_deliveries(server, site)
    _of_leads(server)

    @server.get("/file/findings.xlsx", endpoint="file_findings")
    def findings() -> Response:
        context: RequestContext = g.context
        wanted = FindingFilter.from_query(request.args.to_dict())
        rows = FindingQueries(context).findings(wanted, everything=True)
        if rows.cut:
            abort(Response("结果太多，一次导不完。请先缩小筛选范围。", 413, mimetype="text/plain"))
        note = f"共 {len(rows)} 条；导出人 {context.viewer.name}；导出时间 {formats.moment(context.now)}"
        return _attached(excel.workbook("疑点", FINDING_HEADER, map(finding_row, rows), note), "疑点清单.xlsx")


def _of_leads(server: Flask) -> None:
    @server.get("/file/leads.xlsx", endpoint="file_leads")
    def leads() -> Response:
        context: RequestContext = g.context
        queries, place = LeadQueries(context), request.args.get("village", "")[:12]
        rows = queries.visit_list(place, export=True)
        if not rows.rows:
            abort(404)
        note = f"共 {len(rows)} 条；导出人 {context.viewer.name}；导出时间 {formats.moment(context.now)}；含个人信息，用后销毁"
        content = excel.workbook("走访清单", VISIT_HEADER, map(visit_row, rows), note)
        return _attached(content, f"走访清单-{place}.xlsx")

    @server.get("/file/arrears.xlsx", endpoint="file_arrears")
    def arrears() -> Response:
        context: RequestContext = g.context
        rows = LeadQueries(context).arrears(ArrearsFilter.from_query(request.args.to_dict()))
        shown = [(*cells[:4], *(fen / 100 for fen in cells[4:])) for cells in map(arrears_row, rows)]
        note = f"共 {len(rows)} 行；导出人 {context.viewer.name}；导出时间 {formats.moment(context.now)}"
        return _attached(excel.workbook("欠发", ARREARS_HEADER, shown, note), "欠发.xlsx")


def _of_uploads(server: Flask, site: StaffSite) -> None:
    @server.get("/file/upload-problems.xlsx", endpoint="file_upload_problems")
    def upload_problems() -> Response:
        context: RequestContext = g.context
        upload = own_upload(context, request.args.get("id", ""))
        result = uploads.result_of(site.incoming, upload)
        if result is None:
            abort(404)
        return _attached(
            excel.workbook("问题", PROBLEM_HEADER, _problems(result["problems"], "column")), "问题清单.xlsx"
        )

    @server.get("/file/template.xlsx", endpoint="file_template")
    def template() -> Response:
        context: RequestContext = g.context
        kind, county = request.args.get("kind", ""), request.args.get("county", "")
        name = words.delivery_titles().get(kind)
        if name is None or (county and not (county.isascii() and county.isdecimal() and len(county) == 6)):
            abort(404)
        if county and not context.viewer.sees(county):
            abort(403)
        with TemporaryDirectory(dir=uploads.private_folder(site.incoming)) as folder:
            path = Path(folder) / ".template.xlsx"
            options = ["--county", county] if county else []
            answer = uploads.run_mingzhang(site.data, ["template", kind, "--out", str(path), *options])
            if not path.is_file():
                raise WorkflowError(answer["message"])
            return _attached(path.read_bytes(), f"模板-{name}.xlsx")


def _of_deliveries(server: Flask, site: StaffSite) -> None:
    @server.get("/file/problems.xlsx", endpoint="file_problems")
    def problems() -> Response:
        delivery_id = _delivery()["delivery_id"]
        rows = SnapshotQueries(g.context).problems(delivery_id)
        content = excel.workbook("问题", PROBLEM_HEADER, _problems(rows, "column_name"))
        return _attached(content, f"问题清单-{delivery_id}.xlsx")

    @server.get("/file/workbook.xlsx", endpoint="file_workbook")
    def workbook() -> Response:
        delivery_id = _delivery()["delivery_id"]
        with TemporaryDirectory(dir=uploads.private_folder(site.incoming)) as folder:
            path = Path(folder) / ".workbook.xlsx"
            answer = uploads.run_mingzhang(site.data, ["workbook", delivery_id, "--out", str(path), "--json"])
            if not path.is_file():
                raise WorkflowError(answer.get("message") or "此批次没有需要更正的行。")
            content = path.read_bytes()
        site.store.log(g.context.viewer.name, "read.workbook", delivery_id, g.context.now, lines=answer.get("lines"))
        return _attached(content, f"更正表-{delivery_id}.xlsx")

    @server.get("/file/receipt.json", endpoint="file_receipt")
    def receipt() -> Response:
        delivery = _delivery()
        body = json.dumps(receipt_of(g.context, delivery), ensure_ascii=False, indent=1, default=str)
        return _attached(body.encode(), f"回执-{delivery['delivery_id']}.json", "application/json")


def _delivery() -> dict[str, Any]:
    found = SnapshotQueries(g.context).delivery(request.args.get("id", ""))
    if found is None:
        abort(404)
    return found


def receipt_of(context: RequestContext, delivery: dict[str, Any]) -> dict[str, Any]:
    """Return what a receipt says: hash, counts, totals, time, outcome, and who certified. No personal data."""
    names = (
        *("delivery_id", "file_name", "sha256", "sender", "received_at", "county_code", "county_name", "month", "kind"),
        *("programme", "programme_name", "status", "reason", "lines", "accepted", "rejected", "held", "warnings"),
        *("total_fen", "rejected_fen", "held_fen", "declared_total_fen", "correction_no", "corrects", "catalogue"),
    )
    certified = context.site.store.certifications().get(delivery["delivery_id"])
    receipt = {name: delivery.get(name) for name in names}
    return receipt | {
        "certified_by": certified.by if certified else None,
        "certified_at": certified.at.isoformat() if certified else None,
        "issued_at": context.now.isoformat(timespec="seconds"),
    }


def _problems(problems: Iterable[dict[str, Any]], column: str) -> Iterable[tuple[Any, ...]]:
    for p in problems:
        level = formats.problem_level(p)
        yield level, p.get("sheet"), p.get("row"), p.get(column), p["message"]


def finding_row(finding: dict[str, Any]) -> tuple[Any, ...]:
    """Return a finding as a row of the export."""
    amount = finding["amount_fen"]
    return (
        finding["finding_id"],
        finding["rule"],
        finding["title"],
        words.FINDING_KINDS.get(finding["kind"], finding["kind"]),
        words.SEVERITIES.get(finding["severity"], finding["severity"]),
        words.STATUSES[finding["status"]],
        finding["county_code"],
        finding["place_name"],
        finding["person_name"],
        finding["programme_name"],
        formats.month(finding["period_from"]),
        formats.month(finding["period_to"]),
        None if amount is None else amount / 100,
        str(finding["rule_version"]),
        presumed_links.export_text(finding),
    )


def _attached(content: bytes, name: str, mimetype: str = XLSX) -> Response:
    return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)
