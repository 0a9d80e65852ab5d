-- The head of every open notice.
create or replace temp table notice_heads as
with counted as (
    select notice_no,
           count(distinct recipient) filter ((coalesce(name, '') = '' or person_id is null) and fen > 0) as unnamed,
           sum(fen)::bigint as total_fen
    from notice_people group by all),
listed as (select notice_no, count(*) as listed from notice_lines group by all)
select notice_id, notice_no, county_code, village_code, programme, month, begins_on, ends_on, estimated,
       coalesce(decided_by, '') as decided_by, listed, unnamed, total_fen
from counted join listed using (notice_no) join notice_periods using (notice_no)
