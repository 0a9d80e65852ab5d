-- Since when they are paid: who was confirmed in dibao or tekun within the year's lines, and with whom they may have been
-- helped before, of their book or household. A region's first months of payment would cost a pass over everybody; these
-- are few.
with confirmed as (
    select r.person_id, r.county_code, r.case_no, r.valid_from
    from civil_affairs_rolls as r
    where r.person_id is not null and r.roll in ('低保', '特困')
),

lately as (
    select c.person_id, c.county_code, c.case_no
    from confirmed as c
    where c.valid_from >= (select min(m.month) from months as m)
),

circle as (
    select l.person_id
    from lately as l
    union
    select c.person_id
    from lately as l
    inner join confirmed as c on l.county_code = c.county_code and l.case_no = c.case_no
    union
    select m.person_id
    from lately as l
    inner join household_members as h on l.person_id = h.person_id
    inner join household_members as m on h.household_id = m.household_id
)

select p.recipient_id, p.programme, min(p.month) as first_month
from payment_months as p
where (starts_with(p.programme, 'dibao_') or starts_with(p.programme, 'tekun_'))
    and p.recipient_id in (select c.person_id from circle as c)
group by p.recipient_id, p.programme
