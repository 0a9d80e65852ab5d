-- Who draws a programme that a family's means decide about.
select recipient_id, programme, first_month, last_month, first_county
from person_programmes
where starts_with(programme, 'dibao_') or starts_with(programme, 'tekun_') or programme = 'temporary_aid'
