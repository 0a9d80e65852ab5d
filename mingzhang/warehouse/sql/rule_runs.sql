-- Per rule and county: what was checked and found, or why nothing could be.
insert into rule_runs by name
select c.rule, c.rule_version, c.county_code, c.month, c.reason,
       case when c.reason is not null then 'not_applicable' when f.flagged > 0 then 'flagged' else 'clean' end
           as outcome,
       case when c.reason is null then c.rows else 0 end as checked,
       case when c.reason is null then coalesce(f.flagged, 0) else 0 end as flagged,
       case when c.reason is null then 0 else c.rows end as not_applicable
from run_counts c
left join (select rule, county_code, count(*) as flagged from findings group by all) f
  on f.rule = c.rule and f.county_code = c.county_code
