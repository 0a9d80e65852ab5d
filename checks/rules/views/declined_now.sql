-- Who was asked and declined, or is provided for elsewhere, at the run's month; no programme means all of them.
select r.person_id, r.programme
from help_declined as r
where r.person_id is not null
    and (r.valid_from is null or r.valid_from <= last_day($month)) and (r.valid_to is null or r.valid_to >= $month)
