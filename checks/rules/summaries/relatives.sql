-- Who is whose relative, by what departments declared: kin lists and household registers, read in both directions and
-- joined up to the third degree (GB/T 4761 groups: 配偶、父母、子女 first; 兄弟姐妹、祖辈、孙辈 second; anything else third).
-- Asked for officials, and for people on assistance where a county's settings let a rule look beyond the household.
with asked as (
    select person_id from officials
    where person_id is not null
    union
    select t.recipient_id as person_id
    from means_tested as t
    inner join settings as s
        on s.name like '%.kin_degree' and s.value > 0 and starts_with(t.first_county, s.region)
        and s.programme in ('', t.programme)
),

stated as (
    select
        person_id, kin_id as relative_id, coalesce(relation, '') as relation,
        null::date as valid_from, null::date as valid_to, filed_on, visited_on, record_id
    from kin
    where person_id is not null and kin_id is not null
    union all
    select
        h.person_id, m.person_id as relative_id, m.relation,
        greatest(h.valid_from, m.valid_from) as valid_from, least(h.valid_to, m.valid_to) as valid_to,
        null::date as filed_on, null::date as visited_on, null::varchar as record_id
    from household_members as h
    inner join household_members as m
        on h.household_id = m.household_id and h.county_code = m.county_code and m.person_id <> h.person_id
        and (h.valid_from is null or m.valid_to is null or h.valid_from <= m.valid_to)
        and (m.valid_from is null or h.valid_to is null or m.valid_from <= h.valid_to)
    where h.relation = '户主' and m.relation <> '户主'
),

declared as (
    select * from stated
    union all
    select
        relative_id as person_id, person_id as relative_id,
        case
            when relation in ('子', '女', '子女') then '父母'
            when relation = '父母' then '子女'
            when relation = '祖辈' then '孙辈'
            when relation = '孙辈' then '祖辈'
            else relation
        end as relation,
        valid_from, valid_to, filed_on, visited_on, record_id
    from stated
),

steps as (
    select
        *,
        case
            when relation in ('配偶', '父母', '子', '女', '子女') then 1
            when relation in ('兄弟姐妹', '祖辈', '孙辈') then 2
            else 3
        end as degree
    from declared
),

first_steps as (
    select s.*
    from asked as a
    inner join steps as s on a.person_id = s.person_id
),

second_steps as (
    select
        f.person_id, s.relative_id, f.relation || '的' || s.relation as relation,
        greatest(f.valid_from, s.valid_from) as valid_from, least(f.valid_to, s.valid_to) as valid_to,
        f.record_id as first_record, s.record_id, f.degree + s.degree as degree
    from first_steps as f
    inner join steps as s on f.relative_id = s.person_id and s.relative_id <> f.person_id
    where f.degree + s.degree <= 3
),

third_steps as (
    select
        f.person_id, s.relative_id, f.relation || '的' || s.relation as relation,
        greatest(f.valid_from, s.valid_from) as valid_from, least(f.valid_to, s.valid_to) as valid_to,
        f.first_record, f.record_id as second_record, s.record_id, f.degree + s.degree as degree
    from second_steps as f
    inner join steps as s on f.relative_id = s.person_id and s.relative_id <> f.person_id
    where f.degree + s.degree <= 3
),

paths as (
    select
        person_id, relative_id, relation, degree, valid_from, valid_to, filed_on, visited_on,
        list_value(record_id) as record_ids
    from first_steps
    union all
    select
        person_id, relative_id, relation, degree, valid_from, valid_to, null::date as filed_on, null::date as visited_on,
        list_value(first_record, record_id) as record_ids
    from second_steps
    union all
    select
        person_id, relative_id, relation, degree, valid_from, valid_to, null::date as filed_on, null::date as visited_on,
        list_value(first_record, second_record, record_id) as record_ids
    from third_steps
),

nearest as (
    select person_id, relative_id, min(degree) as degree
    from paths
    group by person_id, relative_id
)

-- somebody near by one way is not also far by another
select p.*
from paths as p
inner join nearest as n on p.person_id = n.person_id and p.relative_id = n.relative_id and p.degree = n.degree
