-- One row is one payment line of a list for the village board, within the viewer's counties.
-- Only what a second person has certified is posted; whoever is withheld is counted and not named.
select b.*, list_contains($certified::varchar[], batch_id) as is_certified,
       case when list_has_any($withheld::varchar[],
                              [recipient_id::varchar, head_id::varchar, payee_id::varchar]) then null
            else name end as listed
from board_lines b
where (len($counties::varchar[]) = 0 or list_contains($counties::varchar[], b.county_code))
  and ($county = '' or county_code = $county) and ($month = '' or strftime(month, '%Y-%m') = $month)
  and ($village = '' or village_code = $village) and ($programme = '' or programme = $programme)
