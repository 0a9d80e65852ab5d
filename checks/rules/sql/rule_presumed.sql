-- Per flag of a rule: the linked rows it cites, the lowest score of those only presumed, and whether it joins presumed
-- rows alone.
create or replace temp table rule_presumed as
with cited as (
    select rowid as flag, true as is_payment, unnest(list_distinct(payment_ids)) as line_id from rule_flags
    union all select rowid, false, unnest(list_distinct(record_ids)) from rule_flags),
linked as (
    select c.flag, c.is_payment, c.line_id, k.pair_id, k.score, k.label = 'probable' as is_presumed
    from cited c join linked_rows k using (line_id) where k.source in (select unnest($sources))),
summed as (
    select flag, list_sort(list(distinct pair_id)) as link_pairs, min(score) filter (is_presumed) as link_score,
           count(distinct pair_id) filter (is_presumed) as pairs,
           count(distinct line_id) filter (is_presumed and is_payment) as payments,
           count(distinct line_id) filter (is_presumed and not is_payment) as records
    from linked group by flag)
select s.flag, s.link_pairs, s.link_score,
       s.pairs > 1 and s.payments = coalesce(len(list_distinct(f.payment_ids)), 0)
       and (s.records > 0 or coalesce(len(f.record_ids), 0) = 0) as is_chain
from summed s join rule_flags f on f.rowid = s.flag
