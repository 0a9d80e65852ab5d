-- Every document as an account: what it received and passed on, and until when its money may remain.
-- A quota must be used by the end of its year, where no shorter limit is set.
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
      on l.name = case
             when f.hop = '指标' then 'allocated_money_stuck.quota_days'
             when f.hop = '下达' and coalesce(f.town_code, '') <> '' then 'allocated_money_stuck.town_days'
             when f.hop = '下达' then 'allocated_money_stuck.days'
             when f.hop = '拨付' then 'allocated_money_stuck.account_days'
             when f.hop = '退回' then 'bank_return_not_repaid.days' end
     and starts_with(f.county_code, l.region) and l.programme in ('', f.programme)
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
where f.status = 'accepted'
