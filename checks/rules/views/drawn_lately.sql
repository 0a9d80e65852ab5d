-- Who drew which programme within the rule's waiting months, and where: as of the programme's current month, so that another
-- programme's newer roster makes nobody late. What the county has not paid for longer than that, nobody draws any more.
-- Somebody paid under a number written wrong, who is presumed to be meant, counts as paid: A01 asks about the line, nobody
-- is sent to offer help already given.
select t.recipient_id, t.programme, t.first_county as county_code
from person_programmes as t
inner join current_months as n on t.first_county = n.county_code and t.programme = n.programme
inner join current_months as c on t.first_county = c.county_code and c.programme = ''
inner join rule_settings as s on t.first_county = s.county_code and t.programme = s.programme and s.month = n.month
where t.first_month <= n.month
    and (year(n.month) - year(t.last_month)) * 12 + month(n.month) - month(t.last_month) <= s.wait_months
    and (year(c.month) - year(n.month)) * 12 + month(c.month) - month(n.month) <= s.wait_months
