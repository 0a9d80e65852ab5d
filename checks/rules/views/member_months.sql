-- Payment months with the persons a rule's `candidates` name, rows of the summary `member_spells`: whose means count with
-- them and are to be looked at. How far beyond the household a rule looks is its setting `kin_degree`.
select p.*, m.member_id, m.relation
from payment_months as p
inner join candidates as m
    on p.recipient_id = m.recipient_id and p.programme = m.programme and p.month between m.from_month and m.to_month
inner join rule_settings as k
    on p.county_code = k.county_code and p.programme = k.programme and p.month = k.month
where m.degree <= k.kin_degree
