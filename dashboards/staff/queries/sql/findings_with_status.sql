-- One row is one finding the viewer may see, with the status its latest decision gives it.
-- Same meaning as mingzhang.casework.workflow.finding_status; a test holds the two together.
with decided as (
    select unnest($ids::varchar[]) as finding_id, unnest($outcomes::varchar[]) as outcome,
           unnest($evidence::varchar[]) as decided_on, unnest($until::date[]) as until)
select f.*, case when d.finding_id is null then 'open'
                 when d.outcome = 'cleared' and (d.decided_on is distinct from f.evidence_hash
                      or d.until < $today) then 'reopened'
                 else d.outcome end as status
from findings f left join decided d using (finding_id)
where (len($counties::varchar[]) = 0 or list_contains($counties::varchar[], f.county_code))
  and ($all_kinds or f.kind = 'data_error')
