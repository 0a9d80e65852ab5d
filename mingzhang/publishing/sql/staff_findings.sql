-- Findings with names, rank and state, as the staff snapshot holds them.
with wanted as (select distinct person_id from findings where person_id is not null),
-- a person nobody paid is known to the police register alone; the village's group is known there as well
named as (
    select recipient_id as person_id, recipient_name as name, 1 as rank, null as group_name from payment_lines
    semi join wanted on recipient_id = wanted.person_id
    union all
    select k.person_id, p.recipient_name, 2, null from links k join payment_lines p using (line_id)
    where k.role = 'recipient' and k.label in ('same', 'probable')
    union all
    select person_id, person_name, 3, group_name from register_population semi join wanted using (person_id)
    where status = 'accepted'),
person as (select person_id, arg_min(name, (rank, name)) as person_name, min(group_name) as group_name
           from named group by person_id)
select f.*, person.person_name, person.group_name, place.place_name, p.name as programme_name, r.title,
       ranked.* exclude (finding_id), stated.state, stated.first_seen
from findings f
left join finding_ranks ranked using (finding_id)
left join finding_states stated using (finding_id)
left join person using (person_id)
left join place_names place on place.place_code = coalesce(f.village_code, f.town_code, f.county_code)
left join programmes p on p.slug = f.programme
left join rules r on r.id = f.rule
