-- Who need not be offered a programme: lately paid it, lately paid what excludes it, or declined it.
select d.recipient_id as person_id, d.programme
from drawn_lately as d
union all
select e.person_id, e.programme
from excluded_lately as e
union all
select n.person_id, g.slug as programme
from declined_now as n
inner join programmes as g on coalesce(n.programme, g.slug) = g.slug
