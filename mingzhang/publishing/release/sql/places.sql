-- The places of released lines and all places above them.
with recursive known as (
    select place_code, any_value(place_name) as place_name, any_value(parent_code) as parent_code,
           any_value(level) as level from places where status = 'accepted' and place_code is not null group by all
    union all select code, name, parent, level from public_divisions),
used as (
    select distinct unnest([county_code, village_code]) as place_code from released
    union select parent_code from used join known using (place_code) where parent_code <> '')
select distinct on (place_code) place_code, place_name,
       coalesce(nullif(parent_code, ''), case length(place_code) when 12 then substr(place_code, 1, 9)
                when 9 then substr(place_code, 1, 6) else '' end) as parent_code,
       level
from known semi join used using (place_code) order by place_code
