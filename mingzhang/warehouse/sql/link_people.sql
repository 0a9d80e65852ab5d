-- The newest that is known of each person: the population register for who and where, payments for the account.
with current as (
    select * from register_population
    where status = 'accepted' and person_id is not null
    qualify row_number() over (partition by person_id order by as_of desc nulls last, record_id) = 1),
heads as (
    select county_code, household_no, min(person_name) as head_name from current where relation = '户主' group by all),
registered as (select c.*, h.head_name from current c left join heads h using (county_code, household_no)),
paid as (
    select recipient_id as person_id, line_id, county_code, village_code, recipient_name, head_name
    from payment_lines where status = 'accepted' and recipient_id is not null
    qualify row_number() over (partition by recipient_id order by period_to desc nulls last, line_id) = 1),
accounts as (
    select recipient_id as person_id, account_id
    from payment_lines where status = 'accepted' and recipient_id is not null and account_id is not null
    qualify row_number() over (partition by recipient_id order by period_to desc nulls last, line_id) = 1)
select person_id::varchar as person_id, coalesce(r.record_id, p.line_id) as person_line_id,
       coalesce(r.person_name, p.recipient_name) as name, i.id_number as idno, i.born_on, i.sex,
       coalesce(r.county_code, p.county_code) as county_code, coalesce(r.village_code, p.village_code) as village_code,
       coalesce(r.head_name, p.head_name) as head_name, a.account_id::varchar as account
from registered r full join paid p using (person_id) left join accounts a using (person_id)
left join identity i using (person_id)
