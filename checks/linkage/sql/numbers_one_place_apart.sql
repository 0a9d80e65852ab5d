-- Rows of `lines` and `people` of one name and village, of which just one has a valid number, one slip apart.
select l.unique_id as line_id, r.unique_id as person_id,
       case when l.number = r.number then 'letter'
            when length(l.number) < length(r.number) then 'lost'
            when length(l.number) > length(r.number) then 'gained'
            when levenshtein(l.number, r.number) = 1 then 'replaced' else 'swapped' end as slip
from lines as l join people as r on l.village_code = r.village_code and l.name_key = r.name_key
where (l.number_valid is null) <> (r.number_valid is null) and not l.has_mask and not r.has_mask
  and not l.name_lost and damerau_levenshtein(l.number, r.number) <= 1
order by all
