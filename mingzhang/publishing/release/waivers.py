"""Checks of intake that were let pass, as the public record has them: which check, where, why, until when, by whom."""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from mingzhang.casework.records import Waiver
from mingzhang.catalog.load import Catalogue
from mingzhang.catalog.words import WAIVABLE

DIGITS = re.compile(r"[0-9０-９]{6}")
UNTOLD = "含有个人信息，不公开"

# Only the warehouse can tell names from words: nobody who occurs in a file is named in a reason.
NAMED = """
    select exists (from (select recipient_name as name from payment_lines union all select head_name from payment_lines
                         union all select payee_name from payment_lines)
                   where length(name) > 1 and contains(?, name))"""


def policy_rows(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, waivers: Iterable[Waiver]
) -> list[tuple[str, str, str, str]]:
    """Return every waiver ever given as (section, title, body, basis), ended ones too: the record stays.

    Args:
        connection: the warehouse, whose names must not occur in a reason.
    """
    return [
        (
            "waiver",
            f"{waiver.at:%Y-%m-%d}，{waiver.by}",
            f"入库检查“{WAIVABLE.get(waiver.problem, waiver.problem)}”放行，到 {waiver.until} 为止。"
            f"理由：{_reason(connection, waiver.why)}",
            _scope(catalogue, waiver),
        )
        for waiver in sorted(waivers, key=lambda one: (one.at, one.problem, one.county_code, one.kind, one.programme))
    ]


def _scope(catalogue: Catalogue, waiver: Waiver) -> str:
    counties = {place.code: place.name for place in catalogue.places}
    programme = catalogue.programmes.get(waiver.programme)
    return "，".join(
        (
            counties.get(waiver.county_code, waiver.county_code) or "各县",
            catalogue.layout(waiver.kind).title if waiver.kind else "各种文件",
            programme.name if programme else "各项目",
        )
    )


def _reason(connection: duckdb.DuckDBPyConnection, why: str) -> str:
    (named,) = connection.execute(NAMED, [why]).fetchall()[0]
    return UNTOLD if named or DIGITS.search(why) else why
