-- Who has more lines than months in a programme, and so was paid twice in one. A table of its own, so that the engine knows
-- how few they are before it reads their lines.
select recipient_id, programme
from person_programmes
where lines > months
