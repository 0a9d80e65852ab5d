"""Counts what a rule checked, flagged and could not judge, per county and with the reason. Runs no rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from checks.rules import presumed
from checks.rules.header import Rule
from checks.rules.limits import programmes_of
from checks.rules.prepare import registers_of

REQUIRED_WORDS = {
    "recipient_id": "享受人身份未能识别",
    "head_id": "没有户主",
    "payee_id": "没有收款人身份",
    "account_id": "没有银行账号",
    "village_code": "没有村（居）",
    "paid_on": "没有发放日期",
    "standard_fen": "没有补贴标准",
    "quantity": "没有数量",
    "plot_code": "没有地块编码",
    "item_serial": "没有机具编号",
}
KIND_WORDS = {"fund_flow": "资金流转单据", "notice": "公示记录", "bank_reply": "银行回盘"}


@dataclass(frozen=True)
class RunCount:
    """How many rows a rule could check in one county, or why it could not.

    Attributes:
        month: the newest month of the population.
        reason: in Chinese; None where the rows were checked.
        rows: rows of the population.
    """

    county_code: str
    month: dt.date
    reason: str | None
    rows: int


def count(connection: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[RunCount, ...]:
    """Count the population per county as checked or not applicable, with the reason."""
    cover = [
        f"when not exists (from register_coverage v where v.register = '{name}' and v.county_code = p.county_code"
        f" and v.month = p.month) then 'need:{name}'"
        for name in rule.needs
    ]
    filled = [f"when p.no_{name} then 'column:{name}'" for name in rule.requires]
    case = f"case {' '.join(cover + filled)} end" if cover or filled else "null"
    rows = connection.execute(
        f"""with p as ({_population(connection, rule)}),
            judged as (select county_code, month, rows, {case} as reason from p)
            select county_code, max(month), reason, sum(rows)::bigint, min(month)
            from judged where county_code is not null group by county_code, reason
            having sum(rows) <> 0 order by all"""
    ).fetchall()
    titles = {slug: shape.title for slug, shape in registers_of(connection).items()}
    gaps = {
        name: _last_months(connection, name) for name in {r.split(":")[1] for _, _, r, *_ in rows if r and r[0] == "n"}
    }
    return tuple(
        RunCount(county, newest, _words(titles, gaps, reason, county, first), number)
        for county, newest, reason, number, first in rows
    )


def _population(connection: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    where = ["true"]
    if (slugs := programmes_of(connection, rule)) is not None:
        where.append("programme in ({})".format(", ".join(f"'{slug}'" for slug in slugs) or "''"))
    if rule.population in ("payments", "payment_months"):
        where.append(f"population = '{rule.population}'")
        return f"select * from {presumed.counts(connection, rule)} where {' and '.join(where)}"
    source = f"register_{rule.population}" if rule.population in registers_of(connection) else rule.population
    if source != "batches":
        where.append("status = 'accepted'")
    # a county that pays but delivered nothing of this kind is not clean: the months it paid could not be checked
    return f"""
        select county_code, month, count(*) as rows from {source} where {" and ".join(where)} group by all
        union all
        select distinct county_code, month, 1 from population_counts c
        where not exists (from {source} s where s.county_code = c.county_code)"""


def _last_months(connection: duckdb.DuckDBPyConnection, register: str) -> dict[str, dt.date | None]:
    """Return per county the last month a register covers; None where files came without a usable record."""
    shape = registers_of(connection).get(register)
    last, source = "month", "register_versions" if shape else "register_coverage"
    if shape and shape.versions == "latest":
        last = f"date_trunc('month', as_of)::date + to_months({shape.stale_after_months})"
    rows = connection.execute(
        f"""select county_code, null from deliveries where kind = $register and county_code is not null
            union all
            select county_code, max({last})::date from {source} where register = $register group by 1
            order by 2 nulls first""",
        {"register": register},
    ).fetchall()
    return dict(rows)


def _words(
    titles: Mapping[str, str],
    gaps: Mapping[str, Mapping[str, dt.date | None]],
    reason: str | None,
    county: str,
    first: dt.date,
) -> str | None:
    """Return in words why rows of a county could not be judged; None where they were."""
    if reason is None:
        return None
    what, name = reason.split(":")
    if what == "column":
        return REQUIRED_WORDS[name]
    title = KIND_WORDS.get(name) or titles[name]
    if county not in gaps[name]:
        return f"没有{title}数据"
    last = gaps[name][county]
    if last is None:
        return f"{title}：来过文件，但没有可用的记录"
    return f"{title}数据只能用到{last:%Y年%m月}" if first > last else f"{title}数据缺少部分月份"
