"""The fixed schema of what is public, each table declared once. Nothing outside these declarations is ever published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from checks.privacy.identifiers import Column
from mingzhang.warehouse import declaration
from mingzhang.warehouse.declaration import Table, name_of

VERSION = 2

PLACE = r"(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})?"
VILLAGE = r"\d{12}"
SLUG = r"[a-z][a-z0-9_]{1,39}"
NOTICE = rf"{VILLAGE}-{SLUG}-\d{{4}}-\d{{2}}"
HASH = r"[0-9a-f]{64}|"
WORD = r"[A-Za-z_]{0,20}"
DECIMAL = r"(\d{1,8}(\.\d{1,4})?)?"
OFFICE_PHONE = r"[0-9+\-—()（）转、/， ]{0,60}"
# Letters of any script, dots and blanks; no digit of any kind. (A counted repetition takes RE2 a second to compile.)
PERSON = r"[^\pN\p{Cc}<>=@]+"


def _text(meaning: str, **more: Any) -> Any:
    """Declare a column of free text: the gate searches it for identifiers."""
    return declaration.column(meaning, kind="text", pattern="", **more)


def _number(meaning: str, unit: str | None = None, **more: Any) -> Any:
    """Declare a column of whole numbers."""
    return declaration.column(meaning, unit, kind="number", pattern="", **more)


def _day(meaning: str, **more: Any) -> Any:
    """Declare a column of dates; a month is its first day."""
    return declaration.column(meaning, kind="date", pattern="", **more)


def _flag(meaning: str, **more: Any) -> Any:
    """Declare a column of yes or no."""
    return declaration.column(meaning, kind="flag", pattern="", **more)


def _digest(pattern: str, meaning: str, **more: Any) -> Any:
    """Declare a column of hashes of ours, each of which matches the pattern as a whole."""
    return declaration.column(meaning, kind="digest", pattern=pattern, **more)


def _code(pattern: str, meaning: str, **more: Any) -> Any:
    """Declare a column of codes, each of which matches the pattern as a whole."""
    return declaration.column(meaning, kind="code", pattern=pattern, **more)


# public.duckdb and open-data/. No name of a person has a column here.
class Meta(Table):
    """本次发布，一行。"""

    schema_version: pl.Int64 = _number("公开数据的结构版本", nullable=False)
    first_month: pl.Date = _day("最早的发放月份")
    last_month: pl.Date = _day("最近的发放月份")
    catalogue: pl.String = _digest(r"[0-9a-f]{64}", "项目目录的版本", nullable=False)
    batches: pl.Int64 = _number("已复核的批次数", "个", nullable=False, ge=0)
    lines: pl.Int64 = _number("已复核的明细行数", "行", nullable=False, ge=0)
    threshold: pl.Int64 = _number("少于这个人数不公布", "人", nullable=False)
    round_people: pl.Int64 = _number("人数取整到", "人", nullable=False)
    round_yuan: pl.Int64 = _number("金额取整到", "元", nullable=False)


class Places(Table):
    """一个地方：自治区、市、县、乡镇或村。"""

    place_code: pl.String = _code(PLACE, "区划代码", nullable=False)
    place_name: pl.String = _text("名称")
    parent_code: pl.String = _code(PLACE, "上级区划代码", nullable=False)
    level: pl.String = _code(WORD, "级别")


class Programmes(Table):
    """一个补贴项目。"""

    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    code: pl.String = _code(r"\d{7}|", "一卡通清单的 7 位编码，没有的留空")
    name: pl.String = _text("名称", nullable=False)
    category: pl.String = _code(WORD, "类别")
    department: pl.String = _text("主管部门")
    payment_unit: pl.String = _code(WORD, "按户、按人还是按单位发放")
    unit: pl.String = _text("计量单位")
    frequency: pl.String = _code(WORD, "发放周期")
    disclosure: pl.String = _code(r"[NBA]", "公开方式：N 村级列名，B 只在村务公开栏，A 不列名", nullable=False)
    fixed_rate: pl.Boolean = _flag("金额是否等于标准乘数量乘月数")
    notice_days: pl.Int64 = _number("发放前公示的天数", "天")
    result_days: pl.Int64 = _number("结果公示的天数", "天")
    notice_day_kind: pl.String = _code(WORD, "按工作日还是自然日计")
    who: pl.String = _text("谁可以申请")
    how: pl.String = _text("怎样申请")
    basis: pl.String = _text("依据")


class Standards(Table):
    """一个补贴项目在一个地区、一段时间的标准；同时有几行的是分档。"""

    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    region: pl.String = _code(PLACE, "适用地区的区划代码", nullable=False)
    valid_from: pl.Date = _day("起始日期", nullable=False)
    valid_to: pl.Date = _day("截止日期，仍有效的留空")
    fen: pl.Int64 = _number("标准", "分", nullable=False)
    band: pl.String = _text("分档")
    per: pl.String = _code(WORD, "每月、每季、每年、每学期还是一次")
    basis: pl.String = _text("依据")


class VillageTotals(Table):
    """一个村、一个列名的项目、一个月的发放合计。"""

    county_code: pl.String = _code(PLACE, "县")
    town_code: pl.String = _code(PLACE, "乡镇", nullable=False)
    village_code: pl.String = _code(PLACE, "村", nullable=False)
    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    month: pl.Date = _day("发放月份")
    people: pl.Int64 = _number("实得的户（人）数", "户（人）", nullable=False, ge=0)
    lines: pl.Int64 = _number("明细行数", "行", nullable=False, ge=1)
    paid_fen: pl.Int64 = _number("发放金额，已扣除退回", "分", nullable=False)
    returned_fen: pl.Int64 = _number("退回金额", "分", nullable=False, ge=0)


class CountyCells(Table):
    """一个县、一个不列名的项目、一个月的人数和金额；人数不足的不公布。"""

    county_code: pl.String = _code(PLACE, "县", nullable=False)
    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    month: pl.Date = _day("发放月份", nullable=False)
    people: pl.Int64 = _number("人数，取整", "人", nullable=False, ge=0)
    amount_yuan: pl.Int64 = _number("金额，取整到千元", "元", nullable=False, ge=0)


class Flow(Table):
    """一个县、一个项目、一个环节、一个月的资金流转。"""

    county_code: pl.String = _code(PLACE, "县")
    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    hop: pl.String = _text("环节：指标、下达、拨付、支付、退回、重发")
    month: pl.Date = _day("月份")
    documents: pl.Int64 = _number("单据份数，不列名的项目不公布", "份", ge=1)
    amount_fen: pl.Int64 = _number("金额，不列名的项目取整", "分")


class FundDelays(Table):
    """一个县、一个项目的资金在一个月到达一个环节用了多少天，月末还有多少没有往下拨。"""

    county_code: pl.String = _code(PLACE, "县")
    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    hop: pl.String = _text("环节")
    month: pl.Date = _day("月份")
    documents: pl.Int64 = _number("单据份数，不列名的项目不公布", "份", ge=1)
    median_days: pl.Int64 = _number("天数的中位数", "天", ge=0)
    most_days: pl.Int64 = _number("十分之九的单据不超过的天数", "天", ge=0)
    standing_fen: pl.Int64 = _number("月末停留的金额，不列名的项目取整", "分", nullable=False, ge=0)


class Notices(Table):
    """一份村级公示，只有时间和地点；名单在公示文件里。"""

    notice_id: pl.String = _code(NOTICE, "公示编号", nullable=False)
    county_code: pl.String = _code(PLACE, "县", nullable=False)
    village_code: pl.String = _code(PLACE, "村", nullable=False)
    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    month: pl.Date = _day("发放月份", nullable=False)
    begins_on: pl.Date = _day("公示开始日期", nullable=False)
    ends_on: pl.Date = _day("公示结束日期", nullable=False)
    estimated: pl.Boolean = _flag("结束日期是否为估计（节假日安排还没有公布）", nullable=False)
    hash: pl.String = _digest(HASH, "名单内容的散列值，已结束的留空", nullable=False)


class Offices(Table):
    """一个县负责解答的单位。"""

    county_code: pl.String = _code(PLACE, "县", nullable=False)
    office: pl.String = _text("单位", nullable=False)
    phone: pl.String = declaration.column("电话，还没有填写的留空", kind="phone", pattern=OFFICE_PHONE)
    address: pl.String = _text("地址")


class Rules(Table):
    """一条核对规则。"""

    id: pl.String = _code(r"[A-Z]\d{2}", "规则编号", nullable=False)
    title: pl.String = _text("名称", nullable=False)
    kind: pl.String = _code(WORD, "疑点、数据差错、资金流转还是服务线索", nullable=False)
    basis: pl.String = _text("依据")
    ask: pl.String = _text("请单位提供什么")


class Policy(Table):
    """披露规则的一条。"""

    position: pl.Int64 = _number("顺序", nullable=False, ge=1)
    section: pl.String = _text("哪一部分", nullable=False)
    title: pl.String = _text("标题", nullable=False)
    body: pl.String = _text("内容", nullable=False)
    basis: pl.String = _text("依据")


# Files of village notices: the only place where names are, deleted at their end.
class NoticeHead(Table):
    """公示文件里的一份公示。"""

    class Config:
        """The name of the table in a notice file."""

        name = "notices"

    notice_id: pl.String = _code(NOTICE, "公示编号", nullable=False)
    county_code: pl.String = _code(PLACE, "县", nullable=False)
    village_code: pl.String = _code(PLACE, "村", nullable=False)
    programme: pl.String = _code(SLUG, "项目短名", nullable=False)
    month: pl.Date = _day("发放月份", nullable=False)
    begins_on: pl.Date = _day("公示开始日期", nullable=False)
    ends_on: pl.Date = _day("公示结束日期", nullable=False)
    decided_by: pl.String = _text("审批单位", nullable=False)
    listed: pl.Int64 = _number("公示的户（人）数", "户（人）", nullable=False, ge=1)
    unnamed: pl.Int64 = _number("不列姓名的户（人）数", "户（人）", nullable=False, ge=0)
    total_fen: pl.Int64 = _number("金额合计", "分", nullable=False)
    salt: pl.String = _digest(r"[0-9a-f]{64}", "散列值的盐", nullable=False)


class NoticeLine(Table):
    """公示名单的一行。"""

    class Config:
        """The name of the table in a notice file."""

        name = "lines"

    notice_id: pl.String = _code(NOTICE, "公示编号", nullable=False)
    position: pl.Int64 = _number("序号", nullable=False, ge=1)
    group_name: pl.String = _text("村民小组", nullable=False)
    name: pl.String = declaration.column("姓名", kind="name", pattern=PERSON, nullable=False)
    case_no: pl.String = _code(r"\d{4}|", "同名编号，没有同名的留空", nullable=False)
    household_size: pl.Int64 = _number("家庭人口", "人")
    quantity: pl.String = _code(DECIMAL, "面积或数量", nullable=False)
    unit: pl.String = _text("单位", nullable=False)
    standard_fen: pl.Int64 = _number("标准", "分")
    amount_fen: pl.Int64 = _number("金额", "分", nullable=False, ge=1)
    period_from: pl.Date = _day("所属时间，起")
    period_to: pl.Date = _day("所属时间，止")


PUBLIC_TABLES: tuple[type[Table], ...] = (
    *(Meta, Places, Programmes, Standards, VillageTotals, CountyCells, Flow, FundDelays, Notices, Offices, Rules),
    Policy,
)
NOTICE_TABLES: tuple[type[Table], ...] = (NoticeHead, NoticeLine)


def _listed(tables: Iterable[type[Table]]) -> dict[str, tuple[Column, ...]]:
    """Return table → columns as the gate knows them."""
    return {
        name_of(table): tuple(
            Column(name, type_, column["kind"], column["pattern"])
            for (name, type_), column in zip(
                declaration.sql_types(table).items(), declaration.metadata(table), strict=True
            )
        )
        for table in tables
    }


PUBLIC = _listed(PUBLIC_TABLES)
NOTICE_FILE = _listed(NOTICE_TABLES)
OPEN_DATA = ("places", "programmes", "standards", "village_totals", "county_cells", "flow", "fund_delays")

FILE_NAMES = (
    r"manifest\.json|manifest\.sig|public\.duckdb|"
    rf"open-data/({'|'.join(OPEN_DATA)})\.(csv|parquet)|open-data/README\.txt"
)
NOTICE_FILE_NAMES = r"\d{6}-\d{4}-\d{2}-\d{2}-[0-9a-f]{16}\.duckdb"


class NotInPolicyError(Exception):
    """A column of the schema is not on the whitelist of its disclosure class."""


def check_policy(disclosure: Mapping[str, Any]) -> None:
    """Compare the tables that speak of recipients with the whitelist in disclosure.yml.

    Raises:
        NotInPolicyError: a column is not listed for its class.
    """
    named = set(disclosure["classes"]["N"]["fields"]) | {"notice_id", "county_code", "salt"}
    counted = set(disclosure["classes"]["A"]["fields"]) & set(disclosure["classes"]["B"]["fields"])
    for allowed, tables in ((named, NOTICE_FILE.values()), (counted, [PUBLIC["county_cells"]])):
        for column in (column for table in tables for column in table):
            if column.name not in allowed:
                raise NotInPolicyError(f"公开字段 {column.name} 不在披露规则里；请先修改 disclosure.yml 并写明理由。")


def as_markdown() -> str:
    """Return the public tables as `docs/public-data.md` has them; a test keeps the two the same."""
    lines = [
        "# 公开数据的表",
        "",
        f"`public.duckdb`（结构版本 {VERSION}）。由 `mingzhang/publishing/release/schema.py` 生成；不在这里的字段不会公开。",
        f"其中 {'、'.join(OPEN_DATA)} 同时以 CSV 和 Parquet 提供。`*_fen` 为分；`amount_yuan` 取整到千元；月份写作当月第一天；",
        "`village_totals.paid_fen` 已扣除退回。含姓名的公示名单不在其中，只在公示期内按页显示。",
        "",
        "",
    ]
    return "\n".join(lines) + declaration.reference_page(PUBLIC_TABLES)
