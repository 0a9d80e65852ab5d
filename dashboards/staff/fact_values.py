"""Names the facts a rule rests on and writes their values for an auditor. A rule's new column shows under its own name."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from mingzhang.catalog import formats

LABELS = {
    "a": "项目一",
    "accounts": "账户数",
    "allocated_fen": "下达金额",
    "approved_on": "上级文件日期",
    "area_mu": "面积（亩）",
    "b": "项目二",
    "base_fen": "缴费基数",
    "base_mu": "确权面积（亩）",
    "begins_on": "公示开始",
    "born_on": "出生日期",
    "businesses": "经营主体代码",
    "capital_fen": "注册资本",
    "cases": "户数",
    "certificates": "不动产权证",
    "claimed_mu": "申报面积（亩）",
    "compared": "对照的单据",
    "confirmed_from": "最早确认日期",
    "confirmed_to": "最晚确认日期",
    "copies": "出现次数",
    "counted": "名册计入人数",
    "cremated_on": "火化日期",
    "custody_kind": "羁押种类",
    "damage": "受灾情况",
    "damaged_on": "受灾日期",
    "dated_on": "单据日期",
    "day_kind": "天数种类",
    "days": "实际天数",
    "died_on": "死亡日期",
    "document_no": "文号",
    "drawn_fen": "已发金额",
    "due_fen": "应发金额",
    "due_is_estimated": "期限为推算",
    "due_on": "期限",
    "employers": "工作单位",
    "ends_on": "公示结束",
    "event": "灾害",
    "expected_fen": "应发金额",
    "filed_on": "备案日期",
    "first_month": "起始月份",
    "from_on": "起始日期",
    "function_classes": "支出功能分类",
    "gap": "缺什么",
    "ground": "应享依据",
    "heirs_months": "死亡后月数",
    "held_by": "资金所在单位",
    "held_mu": "承包面积（亩）",
    "highest_pay_fen": "最高工资",
    "highest_value_fen": "最高价值",
    "homes": "住房套数",
    "hop": "环节",
    "households": "户数",
    "in_time_fen": "按时拨付",
    "insured": "参保人数",
    "is_known": "人口库中有此人",
    "is_listed": "在名单中",
    "is_over_lines": "次数超限",
    "is_over_sum": "金额超限",
    "last_month": "最后发放月份",
    "late_days": "晚发天数",
    "left_fen": "年底结余",
    "lines": "次数",
    "listed_as": "名单类别",
    "listed_count": "公示人数",
    "listed_fen": "公示金额",
    "machines": "农机台数",
    "members": "家庭人口",
    "month": "月份",
    "months_contributed": "缴费月数",
    "months_paid": "多发月数",
    "moved_on": "迁出日期",
    "names": "姓名个数",
    "numbers": "号码个数",
    "offset_fen": "已抵扣",
    "oldest": "最大年龄",
    "owed": "欠发情形",
    "paid_count": "发放人数",
    "paid_fen": "实发金额",
    "paid_month": "发放月份",
    "paid_on": "发放日期",
    "paid_until": "最后发放月份",
    "passed_fen": "已拨付",
    "people": "人数",
    "periods": "期数",
    "places": "地点",
    "planned_fen": "批准金额",
    "plates": "号牌",
    "plot_code": "地块代码",
    "positions": "职务",
    "posted_on": "公开日期",
    "posted_month": "公示月份",
    "problem": "问题",
    "problems": "问题",
    "programmes_paid": "已发项目",
    "quota_fen": "指标金额",
    "reason": "原因",
    "relation": "与享受人关系",
    "required_days": "应公示天数",
    "returned_on": "退回日期",
    "roll": "名册类别",
    "rows_affected": "涉及行数",
    "schools": "学校数",
    "season": "年度",
    "shops": "商铺套数",
    "short_months": "少发月数",
    "skipped_from": "漏发月份",
    "skipped_months": "漏发月数",
    "slips": "证号差在",
    "staff_kinds": "人员类别",
    "standard_fen": "标准",
    "stated_fen": "单据金额",
    "summed_fen": "明细合计",
    "tax_12m_fen": "近一年纳税",
    "town": "乡镇代码",
    "town_code": "乡镇代码",
    "units": "数量",
    "unpaid_months": "未发月数",
    "vehicles": "车辆数",
    "visited_on": "核实日期",
    "youngest": "最小年龄",
}
VALUES = {
    "working": "工作日",
    "calendar": "自然日",
    "voucher": "支付凭证",
    "bank_reply": "银行回盘",
    "header": "文件自报合计",
    "over_cap": "超过上限",
    "not_positive": "金额不大于零",
    "unit_mistaken": "疑似把元当成万元",
    "too_old": "年过一百二十",
    "severe_disability": "重度残疾",
    "age": "年满八十周岁",
    "marginal_disabled": "低保边缘家庭的重度残疾人",
    "unpaid": "没有发放",
    "short": "没有发足",
    "late": "晚发",
    "returned": "退回未重发",
    "id_checksum": "校验位不符",
    "id_malformed": "格式不对",
    "born_after_period": "出生日期晚于发放月份",
    "letter": "数字写成字母",
    "replaced": "一位数字不同",
    "swapped": "相邻两位颠倒",
    "lost": "少一位",
    "gained": "多一位",
}
# Pseudonyms and hashes help the machine, not the reader.
# First days that stand for their months, as those whose name ends so.
MONTHS = {"paid_until", "skipped_from"}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HIDDEN = re.compile(r".*(_key|_id)|payee|payment_id")


def shown(facts: str | None, programmes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return label and value of each fact worth reading.

    Args:
        facts: the finding's JSON object.
        programmes: names by slug.
    """
    try:
        found = json.loads(facts or "{}")
    except ValueError:
        return []
    if not isinstance(found, dict):
        return []
    kept = (
        (str(name), value) for name, value in found.items() if value not in (None, "") and not HIDDEN.fullmatch(name)
    )
    return [(LABELS.get(name, name), _written(name, value, programmes)) for name, value in kept]


def _written(name: str, value: Any, programmes: Mapping[str, str]) -> str:
    if (name.endswith("month") or name in MONTHS) and DAY.fullmatch(str(value)):
        return formats.month(dt.date.fromisoformat(str(value)))
    if name.endswith("_fen") and isinstance(value, int):
        return formats.yuan(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_written("", item, programmes) for item in value)
    known = {**programmes, **VALUES}
    return "、".join(known.get(part, part) for part in str(value).split("、"))
