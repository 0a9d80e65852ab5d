-- Accepted lines and money per county and month, with the change since the month before.
with sums as (
    select d.county_code, d.month, sum(d.accepted)::bigint as accepted, sum(d.total_fen)::bigint as paid_fen,
           round(100.0 * sum(d.rejected) / greatest(sum(d.lines), 1), 2) as rejected_percent
    from deliveries d join batches b on b.batch_id = d.delivery_id
    where d.status in ('accepted', 'accepted_with_errors') and d.month is not null group by all)
select county_code, strftime(month, '%Y-%m') as month, accepted, paid_fen, rejected_percent,
       round(100.0 * (paid_fen - before) / greatest(before, 1), 1) as change_percent
from (select *, lag(paid_fen) over (partition by county_code order by month) as before from sums)
order by all
