-- Fund documents per hop and month. Class N as the documents say; A and B rounded, and only beside a cell that is published.
with flows as (
    select f.county_code, f.programme, c.class, f.hop, f.document_no, f.amount_fen,
           coalesce(f.batch_month, date_trunc('month', f.dated_on), f.month)::date as month
    from fund_flows f join public_programmes c using (programme)
    where f.status = 'accepted'
      and exists (select 1 from released r where r.county_code = f.county_code and r.programme = f.programme)),
summed as (
    select county_code, programme, class, hop, month, count(distinct document_no) as documents,
           sum(amount_fen)::bigint as amount_fen from flows group by all)
select county_code, programme, hop, month, case when class = 'N' then documents end as documents,
       case when class = 'N' then amount_fen
            else ((amount_fen + $step // 2) // $step * $step)::bigint end as amount_fen
from summed s
where class = 'N' or exists (
    select 1 from public_cells x
    where x.county_code = s.county_code and x.programme = s.programme and x.month = s.month)
order by all
