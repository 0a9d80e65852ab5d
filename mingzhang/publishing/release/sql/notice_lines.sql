-- The lines of every open notice, in order, so that a notice file reads its county's part and not the whole.
create or replace temp table notice_lines as
with summed as (
    select notice_no, person_id, name, group_name, max(household_size) as household_size,
           round(sum(quantity), 4) as quantity, unit, standard_fen, sum(fen)::bigint as amount_fen,
           min(period_from) as period_from, max(period_to) as period_to
    from notice_people where coalesce(name, '') <> '' and person_id is not null group by all having sum(fen) > 0),
namesakes as (
    select notice_no, name, true as has_namesake from summed group by all having min(person_id) <> max(person_id)),
numbered as (
    select *, row_number() over (partition by notice_no order by
               group_name, name, amount_fen desc, period_from, person_id, standard_fen, unit) as position
    from summed)
select notice_no, position, group_name, name,
       case when has_namesake then (1000 + ('0x' || substr(sha256(encode($key || notice_id || person_id::varchar)),
            1, 8))::bigint % 9000)::varchar else '' end as case_no,
       household_size::bigint as household_size,
       coalesce(rtrim(rtrim(quantity::decimal(18, 4)::varchar, '0'), '.'), '') as quantity,
       unit, standard_fen, amount_fen, period_from::date as period_from, period_to::date as period_to
from numbered join notice_periods using (notice_no) left join namesakes using (notice_no, name)
order by notice_no, position
