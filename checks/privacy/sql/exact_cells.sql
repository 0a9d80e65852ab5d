with ranked as (
    select *, row_number() over (partition by county_code, programme, month order by fen desc) as place
    from cell_recipients),
cells as (
    select county_code, programme, month, count(*) as exact_people, sum(fen)::bigint as fen,
           sum(fen) filter (place = 1) as first, coalesce(sum(fen) filter (place = 2), 0) as second
    from ranked group by all)
select county_code, programme, month, exact_people, fen,
       ((exact_people + $people // 2) // $people * $people)::bigint as people,
       ((fen + $fen // 2) // $fen * $fen // 100)::bigint as amount_yuan,
       exact_people >= $threshold and fen > 0
           and first + second <= $two * fen and fen - first - second >= $guess * first as big
from cells order by month
