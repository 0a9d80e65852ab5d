"""Headers of every file: payment files by county, three counties with three habits; registers as the catalogue's YAML.

The habits are kept as data here; a test holds them against the catalogue.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import yaml

CATALOGUE = Path(__file__).parents[1] / "mingzhang" / "catalog"

# field: header in 青岚县, 沐河县, 望岭县; one header serves all.
ROSTER = {
    "sequence_no": ("序号", "排序序号", "编号"),
    "programme": ("补贴项目", "项目名称", "项目"),
    "head_name": ("户主姓名", "户主", "户主姓名"),
    "head_idno": ("户主身份证号", "户主身份证号码", "户主证件号码"),
    "town": ("乡镇", "所在乡镇", "乡镇(街道)"),
    "village": ("村(居)委会", "行政村", "村居委会"),
    "group_name": ("村(居)民小组", "组别", "屯"),
    "recipient_name": ("享受人", "姓名", "补贴对象"),
    "recipient_idno": ("享受人身份证号", "身份证号码", "公民身份号码"),
    "payee_name": ("收款人姓名", "收款人", "户名"),
    "payee_idno": ("收款人身份证号", "收款人身份证号码", "收款人证件号码"),
    "account_no": ("银行账号", "一卡通账号", "银行卡号"),
    "bank": ("开户银行", "代发银行", "开户行"),
    "quantity": ("数量", "数量", "数量"),
    "standard_fen": ("补贴标准", "标准", "补助标准"),
    "amount_fen": ("补贴金额", "发放金额", "实发金额"),
    "period": ("补贴期号", "所属期", "补贴年月"),
    "paid_on": ("发放时间", "发放日期", "支付日期"),
    "state": ("支付状态", "状态", "发放状态"),
    "plot_code": ("地块编码", "地块代码", "承包地块编码"),
    "item_serial": ("机具编号", "出厂编号", "机号"),
    "corrects": ("更正原行", "更正行号", "原行号"),
    "note": ("备注", "说明", "备注"),
}
PERSON_COLUMNS = [
    "sequence_no",
    "programme",
    "head_name",
    "head_idno",
    "town",
    "village",
    "group_name",
    "recipient_name",
    "recipient_idno",
    "payee_name",
    "payee_idno",
    "account_no",
    "bank",
    "standard_fen",
    "amount_fen",
    "period",
    "paid_on",
    "state",
    "corrects",
    "note",
]
LAND_COLUMNS = [
    "sequence_no",
    "head_name",
    "head_idno",
    "town",
    "village",
    "group_name",
    "programme",
    "recipient_name",
    "recipient_idno",
    "plot_code",
    "quantity",
    "standard_fen",
    "amount_fen",
    "period",
    "payee_name",
    "payee_idno",
    "account_no",
    "paid_on",
    "note",
]
HOUSE_COLUMNS = [
    "sequence_no",
    "programme",
    "head_name",
    "head_idno",
    "town",
    "village",
    "group_name",
    "recipient_name",
    "recipient_idno",
    "item_serial",
    "amount_fen",
    "period",
    "payee_name",
    "payee_idno",
    "account_no",
    "bank",
    "paid_on",
    "note",
]
# A header of two lines: the group above, its parts below.
TWO_LINES = {
    "head_name": ("户主", "姓名"),
    "head_idno": ("户主", "身份证号"),
    "recipient_name": ("享受人", "姓名"),
    "recipient_idno": ("享受人", "身份证号"),
    "payee_name": ("收款人", "姓名"),
    "payee_idno": ("收款人", "身份证号"),
}

DIBAO = {
    "sequence_no": ("序号", "序号", "编号"),
    "programme": ("补贴项目", "低保类别", "类别"),
    "village": ("属地", "地区", "属地"),
    "recipient_name": ("姓名", "户主姓名", "申请人姓名"),
    "recipient_idno": ("身份证号码", "身份证号", "公民身份号码"),
    "household_size": ("保障人数", "人数", "享受人数"),
    "guarantee_fen": ("保障金(元)", "低保金", "保障金"),
    "extra_fen": ("分类施保金(元)", "分类施保金", "分类施保"),
    "amount_fen": ("发放合计(元)", "合计金额", "实发金额"),
    "payee_name": ("账户名称", "户名", "收款人姓名"),
    "bank": ("开户银行", "开户行", "开户银行"),
    "account_no": ("账号", "银行账号", "卡号"),
    "certificate_no": ("低保证号", "证号", "低保证号"),
    "period": ("年月", "月份", "所属月份"),
    "signed_by": ("领取人", "领取人签字", "领取人"),
    "note": ("备注", "说明", "备注"),
}
# 沐河县 names the programme in each sheet's title only; 望岭县 writes no month in its rows.
DIBAO_COLUMNS = {
    "452921": list(DIBAO),
    "452922": [name for name in DIBAO if name != "programme"],
    "452923": [name for name in DIBAO if name != "period"],
}

RELIEF = (
    ("户主姓名", "recipient_name"),
    ("身份证号码", "recipient_idno"),
    ("家庭人口", "household_size"),
    ("家庭类型", "family_type"),
    ("户口类型", "residence_type"),
    ("行政村代码", "village_code"),
    ("行政村名称", "village"),
    ("需口粮", "need_food"),
    ("取暖", ""),
    ("衣被(件)", "clothes"),
    ("伤病", ""),
    ("其他", ""),
    ("饮水(元)", ""),
    ("核准时段(月)", "period"),
    ("核准口粮(公斤)", "need_food"),
    ("衣被(件)", "clothes"),
    ("金额(元)", "amount_fen"),
    ("发放单位", "paid_by"),
    ("发放方式", "paid_way"),
    ("开户银行", "bank"),
    ("账号", "account_no"),
    ("银行地址", ""),
    ("填报人", ""),
    ("填报日期", "filled_on"),
    ("备注", "note"),
)

NOTICE = {
    "programme": ("补贴项目", "公示项目", "项目"),
    "village": ("村(居)委会", "行政村", "公示地点"),
    "stage": ("公示环节", "公示类型", "环节"),
    "begins_on": ("公示开始日期", "开始日期", "起始日期"),
    "ends_on": ("公示结束日期", "结束日期", "截止日期"),
    "listed_count": ("公示户(人)数", "公示人数", "人数"),
    "listed_fen": ("公示金额", "公示金额(元)", "金额"),
    "decided_by": ("审批单位", "审批机关", "负责人"),
    "result": ("公示结果", "结果", "公示结果"),
    "note": ("备注", "说明", "备注"),
}
FLOW = {
    "hop": ("环节", "流转环节", "单据类型"),
    "document_no": ("文号", "单据号", "文号"),
    "parent_document_no": ("上级文号", "来源文号", "依据文号"),
    "source_level": ("资金来源级次", "资金来源", "级次"),
    "programme": ("补贴项目", "项目名称", "项目"),
    "function_class": ("支出功能分类", "功能科目", "支出功能分类科目"),
    "from_office": ("付方", "付款单位", "下达单位"),
    "to_office": ("收方", "收款单位", "接收单位"),
    "town_code": ("乡镇代码", "乡镇代码", "乡镇代码"),
    "dated_on": ("日期", "单据日期", "发文日期"),
    "amount_fen": ("金额(元)", "金额", "下达金额"),
    "batch_month": ("对应发放月份", "批次月份", "发放月份"),
    "note": ("摘要", "说明", "备注"),
}
PLACES = {"place_code": "区划代码", "place_name": "名称", "short_names": "简称"}
# The large bank's file and the city bank's file.
LARGE_BANK = {
    "sequence_no": "序号",
    "account_no": "转入账号",
    "payee_name": "转入名称",
    "amount_fen": "金额",
    "receiving_bank": "转入行省行",
    "id_kind": "证件类型",
    "payee_idno": "证件号码",
    "note": "备注",
    "deposit_kind": "定期储蓄类别",
    "result": "错误标识",
}
REPLY = LARGE_BANK | {"result": "处理结果", "failure": "失败原因", "paid_on": "入账日期"}
CITY_BANK = {
    "paid_on": "报盘日期",
    "own_account_text": "本行单位账号",
    "batch_no": "报盘批号",
    "receive_contract": "收款协议号",
    "pay_contract": "付款协议号",
    "flow_direction": "发生额方向",
    "unit_name": "单位名称",
    "unit_address": "单位地址",
    "business_type": "业务类型号",
    "business": "业务种类",
    "amount_fen": "金额",
    "receiving_bank": "接收行行号",
    "account_bank": "对方开户行行号",
    "account_no": "对方账号",
    "payee_idno": "证件号码",
    "payee_name": "对方户名",
    "payee_address": "对方地址",
    "note": "附言",
    "reply_days": "回执期限",
}


@dataclass(frozen=True)
class Register:
    """What a department's file looks like: the columns of its YAML, in that order."""

    title: str
    labels: tuple[str, ...]
    fields: tuple[str, ...]


@functools.cache
def registers() -> dict[str, Register]:
    """Return the registers of the catalogue by slug, read from its YAML as files."""
    return {path.stem: _register(path) for path in sorted(CATALOGUE.glob("registers/*.yml"))}


def _register(path: Path) -> Register:
    known = yaml.safe_load(path.read_text(encoding="utf-8"))
    columns = known["fields"]
    return Register(
        known["title"], tuple(column["label"] for column in columns), tuple(column["name"] for column in columns)
    )


def header(table: dict[str, tuple[str, str, str]], names: list[str], county: str) -> list[str]:
    """Return the headers a county writes for those fields."""
    return [table[name][int(county[-1]) - 1] for name in names]
