-- One row per county, programme, hop and month from the first document on; each month opens with what the month before closed.
with sides as (
    select county_code, programme, hop, month, fen as received_fen, 0 as passed_fen,
           case when from_id is null and gap is null then fen else 0 end as above_fen,
           case when gap is not null then fen else 0 end as unexplained_fen
    from fund_moves
    union all
    select county_code, from_programme, from_hop, month, 0, fen, 0, 0 from fund_moves where from_id is not null),
ends as (select county_code, max(month) as last_month from fund_moves group by all),
spans as (
    select s.county_code, s.programme, s.hop,
           unnest(generate_series(min(s.month), any_value(e.last_month), interval 1 month))::date as month
    from sides s join ends e using (county_code) group by s.county_code, s.programme, s.hop),
summed as (
    select county_code, programme, hop, month, sum(received_fen) as received_fen, sum(passed_fen) as passed_fen,
           sum(above_fen) as above_fen, sum(unexplained_fen) as unexplained_fen
    from sides group by all),
running as (
    select p.county_code, p.programme, p.hop, p.month, coalesce(received_fen, 0) as received_fen,
           coalesce(passed_fen, 0) as passed_fen, coalesce(above_fen, 0) as above_fen,
           coalesce(unexplained_fen, 0) as unexplained_fen,
           sum(coalesce(received_fen, 0) - coalesce(passed_fen, 0)) over (
               partition by p.county_code, p.programme, p.hop order by p.month) as closing_fen
    from spans p left join summed s
      on s.county_code = p.county_code and s.programme is not distinct from p.programme
     and s.hop = p.hop and s.month = p.month)
select county_code, programme, hop, month, (closing_fen - received_fen + passed_fen)::bigint as opening_fen,
       received_fen::bigint as received_fen, passed_fen::bigint as passed_fen, closing_fen::bigint as closing_fen,
       above_fen::bigint as above_fen, unexplained_fen::bigint as unexplained_fen
from running
