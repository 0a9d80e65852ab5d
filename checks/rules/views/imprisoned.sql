-- Who is kept in a prison or a house of detention, since when and until when: people on 社区矫正, 缓刑 or 取保候审 live at home.
select person_id, from_on, to_on
from custody
where coalesce(custody_kind, '') not in ('社区矫正', '缓刑', '取保候审')
