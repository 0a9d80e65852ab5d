-- Totals per village, programme and month, class N only.
select county_code, coalesce(substr(village_code, 1, 9), '') as town_code,
       coalesce(village_code, '') as village_code,
       programme, month, count(*) filter (paid > returned) as people, sum(lines)::bigint as lines,
       (sum(paid) - sum(returned))::bigint as paid_fen, sum(returned)::bigint as returned_fen
from (select county_code, village_code, programme, month, recipient, count(*) as lines,
             sum(paid_fen) as paid, sum(returned_fen) as returned
      from released where class = 'N' group by all)
group by all order by all
