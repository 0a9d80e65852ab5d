-- Payment months with every person whose means count with them: see the summary `member_spells`. How far beyond the
-- household a rule looks is its setting `kin_degree`.
select p.*, m.member_id, m.relation
from payment_months as p
inner join member_spells as m
    on p.recipient_id = m.recipient_id and p.programme = m.programme and p.month between m.from_month and m.to_month
inner join rule_settings as k
    on p.county_code = k.county_code and p.programme = k.programme and p.month = k.month
where m.degree <= k.kin_degree
