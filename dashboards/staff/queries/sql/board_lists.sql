-- One row is one person (or household) on one certified list of a village board. `lines` are the rows of `board_lines.sql`.
with summed as (
    select county_code, village_code, programme, month, group_name, listed as name, person_id,
           sum(amount_fen)::bigint as amount_fen, min(period_from) as period_from,
           max(period_to) as period_to, count(distinct coalesce(recipient_id::varchar, name)) as people
    from lines where is_certified group by all having sum(amount_fen) > 0),
numbered as (
    select *, count(distinct person_id) over (partition by programme, name) > 1 as has_namesake,
           (1000 + ('0x' || substr(md5(person_id::varchar || programme || month::varchar), 1, 8))::bigint
                   % 9000)::varchar as case_no
    from summed)
select n.*, (select min(place_name) from places where place_code = village_code) as village_name,
       (select min(place_name) from places where place_code = substr(village_code, 1, 9)) as town_name,
       (select name from programmes where slug = programme) as programme_name,
       (select min(place_name) from places where place_code = n.county_code) as county_name,
       b.payment_unit, b.days, b.day_kind, b.basis, o.office, o.phone
from numbered n join board_programmes b using (programme) left join offices o using (county_code)
