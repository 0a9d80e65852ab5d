-- Who was not paid in each month between the first and the last of a programme. A table of its own, so that the engine
-- knows how few they are before it reads their lines.
select recipient_id, programme
from person_programmes
where months <= (year(last_month) - year(first_month)) * 12 + month(last_month) - month(first_month)
