"""Where money stands, since when and until when it may: accounts with their limits, days at each hop. No rules here.

Limits are the settings of the rules that ask about them (J01, J03), so a page and a rule never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from checks.rules.header import Rule

# Whose limit an account falls under; a quota must be used by the end of its year, where no shorter limit is set.
_LIMIT_OF = """
    case when f.hop = '指标' then 'allocated_money_stuck.quota_days'
         when f.hop = '下达' and coalesce(f.town_code, '') <> '' then 'allocated_money_stuck.town_days'
         when f.hop = '下达' then 'allocated_money_stuck.days'
         when f.hop = '拨付' then 'allocated_money_stuck.account_days'
         when f.hop = '退回' then 'bank_return_not_repaid.days' end"""
_LIMITED = ("allocated_money_stuck", "bank_return_not_repaid")

ACCOUNTS = f"""
    create or replace temp table fund_accounts as
    with sides as (
        select to_id as line_id, fen as received_fen, 0 as passed_fen, moved_on from fund_moves
        union all
        select from_id, 0, fen, moved_on from fund_moves where from_id is not null),
    summed as (
        select line_id, sum(received_fen)::bigint as received_fen, sum(passed_fen)::bigint as passed_fen,
               max(moved_on) filter (passed_fen > 0) as last_passed_on
        from sides group by all),
    limited as (
        select f.line_id, l.days
        from fund_flows f join fund_limits l
          on l.name = {_LIMIT_OF} and starts_with(f.county_code, l.region) and l.programme in ('', f.programme)
         and f.dated_on >= l.valid_from and (l.valid_to is null or f.dated_on <= l.valid_to)
        qualify row_number() over (partition by f.line_id
            order by length(l.region) desc, l.programme desc, l.valid_from desc, l.days) = 1)
    select f.county_code, f.line_id, f.hop, f.document_no, f.parent_document_no, f.source_level, f.programme,
           coalesce(f.town_code, '') as town_code, f.from_office, f.to_office, f.dated_on, f.batch_month, f.amount_fen, f.note,
           s.received_fen, s.passed_fen, (s.received_fen - s.passed_fen)::bigint as standing_fen, s.last_passed_on,
           nullif(l.days, 0)::integer as limit_days,
           case when f.hop = '指标' then least(make_date(year(f.dated_on), 12, 31), f.dated_on + nullif(l.days, 0)::integer)
                else (greatest(f.dated_on, coalesce(last_day(f.batch_month), f.dated_on)) + to_days(l.days::integer))::date
           end as due_on
    from fund_flows f join summed s using (line_id) left join limited l using (line_id)
    where f.status = 'accepted'"""

# One row per pair of hops and number of days; quantiles are counted from it by whoever shows them.
DELAYS = """
    create or replace temp table fund_delays as
    select m.county_code, m.programme, greatest(m.town_code, m.from_town_code) as town_code, m.from_hop, m.hop, m.month,
           greatest(date_diff('day', m.from_on, m.moved_on), 0)::integer as days,
           greatest(date_diff('day', a.due_on, m.moved_on), 0)::integer as late_days,
           count(*) as documents, sum(m.fen)::bigint as fen
    from fund_moves m join fund_accounts a on a.line_id = m.from_id
    where m.from_hop <> m.hop and m.fen > 0
    group by all"""


def write(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Make the temporary tables `fund_accounts` and `fund_delays`.

    Args:
        connection: holds `fund_flows`, `fund_moves` and `settings`.
        rules: their headers hold the limits where no setting does.
    """
    connection.execute(
        """create or replace temp table fund_limits as
           select name, region, programme, valid_from, valid_to, value as days from settings
           where name like 'allocated_money_stuck.%days' or name = 'bank_return_not_repaid.days'"""
    )
    defaults = [
        (f"{rule.slug}.{default.name}", default.value)
        for rule in rules
        if rule.slug in _LIMITED
        for default in rule.defaults
        if default.name.endswith("days")
    ]
    for name, days in defaults:
        connection.execute("insert into fund_limits values (?, '', '', date '0001-01-01', null, ?)", [name, days])
    connection.execute(ACCOUNTS)
    connection.execute(DELAYS)
