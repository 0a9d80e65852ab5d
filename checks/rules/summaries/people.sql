-- Age and sex of everybody, without the number they come from.
select distinct person_id, born_on, sex
from identity
