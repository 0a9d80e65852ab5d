-- Programmes a person may not draw after lately drawing the other of an exclusive pair (mingzhang/catalog/pairs.yml).
select d.recipient_id as person_id, e.b as programme
from exclusive_pairs as e
inner join drawn_lately as d on e.a = d.programme and starts_with(d.county_code, e.region)
where e.scope = 'person' and e.same = 'month'
union all
select d.recipient_id as person_id, e.a as programme
from exclusive_pairs as e
inner join drawn_lately as d on e.b = d.programme and starts_with(d.county_code, e.region)
where e.scope = 'person' and e.same = 'month'
