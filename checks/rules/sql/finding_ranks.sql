-- Findings in the order in which checking them pays.
-- The household is the newest one a person belongs to; data errors and flows form a case of their own each.
-- A case ranks by the sum of its findings' scores; inside it, and between equals, the order is fixed.
create or replace temp table finding_ranks as
with home as (
    select person_id, arg_max(household_id, (coalesce(valid_to, date '9999-12-31'), household_id)) as household_id
    from household_members group by person_id),
scored as (
    select f.finding_id, f.rule, f.severity,
           substr(sha256(coalesce(h.household_id, f.person_id::varchar, f.finding_id)), 1, 16) as case_id,
           (coalesce(f.amount_fen, 0) * p.precision_mean * coalesce(f.link_score, 1))::bigint as expected_fen,
           coalesce(f.amount_fen, 0) * p.precision_mean * coalesce(f.link_score, 1) / p.cost as score,
           p.precision_mean, p.precision_low, p.precision_high, p.reviewed, p.effort
    from findings f join rule_precision p using (rule)
    left join home h on h.person_id = f.person_id and f.kind in ('suspicion', 'service_lead')),
cased as (
    select *, sum(score) over (partition by case_id) as case_score, count(*) over (partition by case_id) as case_size
    from scored)
select finding_id, case_id, case_size, expected_fen, round(score)::bigint as score, precision_mean, precision_low,
       precision_high, reviewed, effort,
       row_number() over (order by round(case_score) desc, case_id, round(score) desc,
           case severity when 'high' then 0 when 'medium' then 1 when 'low' then 2 else 3 end, rule, finding_id) as rank
from cased
