-- The notices that are due: village, programme and month of class N, with the posting that tells of each.
create or replace temp table notice_keys as
with paid as (
    select min(county_code) as county_code, village_code, programme, month, min(batch_id) as batch_id,
           max(paid_on) as paid_on
    from released where class = 'N' and length(village_code) = 12 group by all),
posted as (
    select p.village_code, p.programme, p.month, min(n.begins_on) as begins_on, max(n.ends_on) as ends_on,
           max(n.decided_by) as decided_by
    from notices n asof join paid p
      on (n.county_code, n.village_code, n.programme) = (p.county_code, p.village_code, p.programme)
     and n.begins_on >= coalesce(p.paid_on, p.month)
    where n.status = 'accepted' and coalesce(n.stage, '结果公示') = '结果公示' and n.ends_on >= n.begins_on
    group by all)
select r.*, p.begins_on as posted_on, p.ends_on as posted_until, p.decided_by
from paid r left join posted p using (village_code, programme, month)
