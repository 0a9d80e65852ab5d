-- The value of each setting and exemption of a rule per county, month and programme: the nearest region wins, then the
-- programme, then the newest; the header's default comes last.
create or replace temp table rule_values as
with candidates as (
    select substr(name, length($slug) + 2) as name, coalesce(word, '') as word, region, programme,
           valid_from, valid_to, value
    from settings where starts_with(name, $slug || '.')
    union all
    select name, word, '', '', date '0001-01-01', null, value from rule_defaults),
keys as (
    select county_code, month, programme from county_months
    cross join (select distinct programme from population_counts where programme is not null
                union select distinct programme from fund_flows where programme is not null
                union select distinct programme from notices where programme is not null union select ''))
select k.county_code, k.month, k.programme, t.name, t.word, t.value
from keys k join candidates t
  on starts_with(k.county_code, t.region) and t.programme in ('', k.programme)
 and k.month >= t.valid_from and (t.valid_to is null or k.month <= t.valid_to)
qualify row_number() over (
    partition by k.county_code, k.month, k.programme, t.name, t.word
    order by length(t.region) desc, t.programme desc, t.valid_from desc, t.value) = 1
