"""Titles, statuses, roles and outcomes in words, once for sites and command line. No sentences, no data of any delivery."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

HERE = Path(__file__).parent

CATEGORIES = {
    "RV": "精准扶贫与乡村振兴",
    "SA": "最低生活保障与社会救助",
    "HS": "住房改造",
    "DR": "救灾救济",
    "AG": "农林牧渔补贴",
    "OT": "其他惠民补贴",
}
HOPS = ("指标", "下达", "拨付", "支付", "退回", "重发")
PAYMENT_STATES = {
    "planned": "待发放",
    "paid": "已发放",
    "stopped": "已停发",
    "returned": "已退回",
    "refunded": "已退款",
}

ROLES: dict[str, str] = {
    "maker": "经办",
    "checker": "复核",
    "auditor": "审计",
    "supervisor": "监督",
    "administrator": "系统管理",
}

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
# What a named person decided about a held delivery.
SETTLEMENT_OUTCOMES = {"accept": "确认可以入库", "refuse": "不收此文件"}
# What intake tidied, and why it left a sheet aside; its codes are for programs.
REPAIRS = {
    "account_format": "账号去掉空格、符号和文字",
    "amount_format": "金额去掉符号和单位",
    "character_unified": "部首、兼容字换成它们代表的汉字",
    "amount_unit": "万元换算成元",
    "code_format": "编码去掉空格和符号",
    "fill_down": "合并的单元格补上同样的内容",
    "household_amount": "同户其他人的金额按 0 元读取",
    "id_15_to_18": "15 位证号换成 18 位",
    "id_format": "证号去掉空格、符号和文字",
    "name_format": "姓名去掉空格和括注，间隔点统一",
    "number_format": "数字去掉符号和单位",
}
SHEETS_LEFT = {"hidden_sheet": "隐藏的工作表，没有读取", "sheet_ignored": "没有可识别的表头，没有读取"}
PROBLEM_LEVELS = {"reject": "不收此行", "hold": "暂缓", "warn": "提醒", "note": "说明"}

EFFORTS = {"desk": "案头核对", "office": "调阅部门材料", "visit": "入户走访"}
FINDING_STATES = {
    "new": "本次新发现",
    "same": "仍然存在",
    "grown": "金额增加",
    "shrunk": "金额减少",
    "gone": "已不再出现",
}
# How sure it is that two rows are about one person.
LINK_LABELS = {"question": "可能是同一人", "probable": "很可能是同一人", "same": "经人核对是同一人"}
# What a named person may let pass for a time, as the public record calls it. What cannot be read is not among them.
WAIVABLE: dict[str, str] = {
    "account_bank_check": "账号校验位",
    "account_changed": "账号与上月不同",
    "account_malformed": "账号格式",
    "account_wrong_length": "账号位数",
    "amount_by_formula": "金额由公式算得",
    "amount_jumped": "金额变化较大",
    "amount_unlike_programme": "金额与中位数相差悬殊",
    "birth_date_in_future": "出生日期晚于发放月份",
    "character_lost": "姓名缺字",
    "clock_suspect": "本机时间",
    "code_is_number": "编码存成数字",
    "column_content_differs": "列的内容与列名不符",
    "column_of_other_month": "金额列写着别的月份",
    "column_unexplained": "列的内容不明",
    "comments_ignored": "批注未读取",
    "conflicts_with_delivery": "与已入库的名册重复",
    "correction_overtaken": "原件已整份更正",
    "correction_shorter": "更正比原件短",
    "correction_without_original": "更正没有原件",
    "county_differs": "县与文件所写不同",
    "date_ahead": "日期在将来",
    "date_ambiguous": "日期有两种读法",
    "date_means_none": "日期写作没有",
    "date_unreadable": "日期无法识别",
    "deleted_rows": "数据表中删除的行",
    "duplicate_column": "列名重复",
    "duplicate_line": "文件内重复",
    "factor_ten_thousand": "与上月相差一万倍",
    "field_claimed_twice": "两列可作同一栏目",
    "group_odd": "小组写法",
    "head_missing": "没有户主",
    "hidden_columns": "隐藏的列",
    "hidden_rows": "隐藏的行",
    "hidden_sheet": "隐藏的工作表",
    "id_checksum": "证号校验",
    "id_malformed": "证号格式",
    "id_missing": "没有证号",
    "marked_dead": "姓名后写着已故",
    "month_differs": "月份与标题不同",
    "month_guessed": "月份没有写年",
    "month_mismatch": "月份不一致",
    "month_too_late": "月份未到",
    "month_too_old": "月份过早",
    "name_missing": "没有姓名",
    "name_odd": "姓名含有符号",
    "name_private": "姓名写有私事",
    "nobody_of_last_month": "没有上月的人",
    "not_in_choices": "不是规定的写法",
    "number_of_whom": "证号归属不明",
    "number_unreadable": "数字无法识别",
    "people_vanished": "减员较多",
    "places_not_loaded": "村名册未装入",
    "programme_differs": "项目与文件所写不同",
    "relation_unknown": "关系不在对照表中",
    "reply_amount_differs": "回盘金额与名册不符",
    "reply_without_payment": "回盘与名册不符",
    "result_unknown": "处理结果不明",
    "second_heading": "表内又有表头",
    "section_of_stopped": "分段像停发名单",
    "sheet_ignored": "工作表未读取",
    "sheet_of_stopped": "工作表像停发名单",
    "state_not_paid": "支付状态未发到",
    "state_unknown": "支付状态不明",
    "total_mismatch": "合计与明细不符",
    "unit_unclear": "单位不明",
    "village_column_missing": "没有村(居)一列",
    "voucher_differs": "与支付凭证不符",
}


@functools.cache
def kinds() -> Mapping[str, str]:
    """Return the titles of the kinds of file by slug, from their YAML: known before anything is loaded."""
    return _titles("kinds")


@functools.cache
def registers() -> Mapping[str, str]:
    """Return the titles of the registers by slug, from their YAML: known before anything is loaded."""
    return _titles("registers")


@functools.cache
def delivery_titles() -> Mapping[str, str]:
    """Return the titles of everything a delivery may be, kinds of file first."""
    return MappingProxyType({**kinds(), **registers()})


def _titles(folder: str) -> Mapping[str, str]:
    # only the line of the title: a site needs no models, and the whole catalogue takes a second to check
    titles = {}
    for path in sorted((HERE / folder).glob("*.yml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        titles[path.stem] = (
            next(line for line in lines if line.startswith("title:")).removeprefix("title:").strip(" '\"")
        )
    return MappingProxyType(titles)
