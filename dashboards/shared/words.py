"""How both sites write money, months, days and the words of our field. No sentences of single pages here."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

CATEGORIES = {
    "RV": "精准扶贫与乡村振兴",
    "SA": "最低生活保障与社会救助",
    "HS": "住房改造",
    "DR": "救灾救济",
    "AG": "农林牧渔补贴",
    "OT": "其他惠民补贴",
}
HOPS = ("指标", "下达", "拨付", "支付", "退回", "重发")
KINDS = {
    "roster": "发放花名册",
    "dibao_roll": "低保名册",
    "relief_table": "冬春救助表",
    "bank_batch": "银行代发清单",
    "bank_reply": "银行回盘",
    "fund_flow": "资金流转单据",
    "notice": "公示记录",
    "places": "乡镇村名录",
}
# The catalogue's registers; a test holds the two together. Needed before the first snapshot, too.
REGISTERS = {
    "agreements": "代领和监护备案",
    "business": "经营主体登记",
    "civil_affairs_rolls": "民政救助对象名册",
    "cremations": "殡葬火化记录",
    "custody": "服刑和强制戒毒人员",
    "deaths": "死亡户籍注销",
    "disability": "残疾人证",
    "disaster_damage": "受灾家庭登记",
    "enrolment": "学籍",
    "help_declined": "不申请和另有保障登记",
    "housing_fund": "住房公积金缴存",
    "kin": "近亲属关系",
    "land_rights": "土地承包经营权",
    "land_transfers": "土地流转",
    "monitoring": "脱贫和防返贫监测对象",
    "officials": "干部和经办人员",
    "population": "人口和家庭",
    "property": "不动产登记",
    "public_payroll": "财政供养人员",
    "social_insurance": "社会保险缴费",
    "vehicles": "机动车登记",
}
PAYMENT_STATES = {
    "planned": "待发放",
    "paid": "已发放",
    "stopped": "已停发",
    "returned": "已退回",
    "refunded": "已退款",
}
UNITS = {"household": "户", "person": "人", "organisation": "个单位"}


def yuan(fen: int | None, unit: str = " 元") -> str:
    """Write an amount of fen as yuan with two decimals, or a dash when there is none."""
    if fen is None:
        return "—"
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}{unit}"


def yuan_of(kind: str | None, fen: int | None, unit: str = " 元") -> str:
    """Write the money of a file of a kind: a dash for registers and places, which carry none."""
    return "—" if kind in REGISTERS or kind == "places" else yuan(fen, unit)


def wan_yuan(fen: int | None) -> str:
    """Write a large amount of fen in 万元 for headlines; below 10,000 yuan in yuan."""
    if fen is None:
        return "—"
    if abs(fen) < 1_000_000:
        return yuan(fen)
    return f"{fen / 1_000_000:,.2f} 万元"


def count(number: int | None) -> str:
    """Write a whole number with thousands separators, or a dash."""
    return "—" if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """Write a share between 0 and 1 as a percentage."""
    return "—" if share is None else f"{share * 100:.1f}%"


def month(value: dt.date | None) -> str:
    """Write a month: 2026年10月."""
    return "—" if value is None else f"{value.year}年{value.month}月"


def months(first: dt.date | None, last: dt.date | None) -> str:
    """Write a range of months, once when both are the same."""
    if first is None or last is None or (first.year, first.month) == (last.year, last.month):
        return month(first or last)
    return f"{month(first)}至{month(last)}"


def day(value: dt.date | None) -> str:
    """Write a day: 2026年10月5日."""
    return "—" if value is None else f"{value.year}年{value.month}月{value.day}日"


def moment(value: dt.datetime | None) -> str:
    """Write a UTC time as Beijing time, to the minute; a time without zone is taken as UTC."""
    if value is None:
        return "—"
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return aware.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


FINDING_KINDS = {"suspicion": "疑点", "data_error": "数据差错", "flow": "资金流转", "service_lead": "服务线索"}
SEVERITIES = {"high": "高", "medium": "中", "low": "低", "return": "退回更正"}
STATUSES = {
    "open": "待核查",
    "reopened": "重新打开",
    "unsure": "存疑待查",
    "confirmed": "已确认",
    "cleared": "已排除",
}
# A lead is help to give: its outcomes say whether the help is due.
LEAD_OUTCOMES = {"confirmed": "应当帮助", "cleared": "不需要帮助", "unsure": "暂不能确定", "reopened": "重新打开"}
LEAD_STATUSES = {**LEAD_OUTCOMES, "open": "待办理"}
OWED = {"unpaid": "没有发放", "short": "没有发足", "late": "晚发", "returned": "退回未重发"}
OUTCOMES = {"confirmed": "确认属实", "cleared": "核实排除", "unsure": "暂不能确定", "reopened": "重新打开"}
DELIVERY_STATUSES = {
    "accepted": "已入库",
    "accepted_with_errors": "部分入库",
    "held": "暂缓入库",
    "refused": "未通过",
    "already_received": "重复提交",
    "withdrawn": "已撤回",
}
# What intake tidied, and why it left a sheet aside; its codes are for programs.
REPAIRS = {
    "account_format": "账号去掉空格、符号和文字",
    "amount_format": "金额去掉符号和单位",
    "amount_unit": "万元换算成元",
    "code_format": "编码去掉空格和符号",
    "fill_down": "合并的单元格补上同样的内容",
    "id_15_to_18": "15 位证号换成 18 位",
    "id_format": "证号去掉空格、符号和文字",
    "name_format": "姓名去掉空格和括注，间隔点统一",
    "number_format": "数字去掉符号和单位",
}
SHEETS_LEFT = {"hidden_sheet": "隐藏的工作表，没有读取", "sheet_ignored": "没有可识别的表头，没有读取"}
PROBLEM_LEVELS = {"reject": "不收此行", "hold": "暂缓", "warn": "提醒", "note": "说明"}


def problem_level(problem: dict[str, Any]) -> str:
    """Write what follows from a problem: of one line, or where it names none, of the whole file."""
    if problem["level"] == "reject" and not problem.get("row"):
        return "不收此文件"
    return PROBLEM_LEVELS[problem["level"]]


EFFORTS = {"desk": "案头核对", "office": "调阅部门材料", "visit": "入户走访"}
FINDING_STATES = {
    "new": "本次新发现",
    "same": "仍然存在",
    "grown": "金额增加",
    "shrunk": "金额减少",
    "gone": "已不再出现",
}
RULE_OUTCOMES = {"flagged": "有疑点", "clean": "未发现", "not_applicable": "不适用"}
