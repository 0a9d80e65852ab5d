-- id: F01
-- title: 一卡多人
-- kind: suspicion
-- severity: medium
-- version: 3
-- population: payment_months
-- requires: recipient_id, account_id
-- needs: population
-- uses: agreements
-- grain: account_id
-- rests_on: people_key
-- fact: people = 人数
-- fact: households = 户数
-- basis: 财办〔2020〕37号（待核对）：按人发放的补贴进本人账户，不得由他人代持；最低生活保障审核确认办法 §26（代领须书面委托并备案）
-- why: 一个银行账号替不是一家人的几个人收钱，要看卡在谁手里、有没有委托备案。
-- clears: 有监护、代领或供养机构备案；属同一家庭而户口未登记在一起；账号登记错误已改正。
-- ask: 查卡由谁保管、谁取款；有无书面委托；问本人钱收到没有。
-- effort: visit
-- setting: most_people = 2; 一个账号收不同家庭多于两人的补贴即提示（项目约定）
-- setting: high_people = 5; 五人以上列为重点（项目约定）
-- setting: window_months = 12; 看最近十二个月（项目约定）
with cards as (
    select recipient_id, first_account as account_id
    from person_programmes
    where first_account = last_account
    union all
    -- who changed cards may have held more than two
    select p.recipient_id, p.account_id
    from person_programmes as t
    inner join payment_months as p on t.recipient_id = p.recipient_id and t.programme = p.programme
    where t.first_account <> t.last_account
),

shared as (
    select account_id
    from cards
    group by account_id
    having min(recipient_id) <> max(recipient_id)
),

held as (
    select p.*, s.most_people, s.high_people
    from payment_months as p
    inner join shared as h on p.account_id = h.account_id
    inner join programmes as g on p.programme = g.slug
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    inner join current_months as n on p.county_code = n.county_code and n.programme = ''
    where g.payment_unit <> 'organisation' and p.programme <> 'tekun_institution'
        and (year(n.month) - year(p.month)) * 12 + month(n.month) - month(p.month) between 0 and s.window_months - 1
        and not exists (
            select 1 from agreements as a
            where a.person_id = p.recipient_id and (a.account_id = p.account_id or a.payee_id = p.payee_id)
                and (a.valid_from is null or a.valid_from <= last_day(p.month))
                and (a.valid_to is null or a.valid_to >= p.month)
        )
),

crowded as (
    select account_id
    from held
    group by account_id
    having count(distinct recipient_id) > min(most_people)
),

homes as (
    select distinct h.account_id, h.recipient_id, coalesce(m.household_id, h.recipient_id::varchar) as household
    from held as h
    inner join crowded as c on h.account_id = c.account_id
    left join household_members as m
        on h.recipient_id = m.person_id
        and (m.valid_from is null or m.valid_from <= last_day(h.month))
        and (m.valid_to is null or m.valid_to >= h.month)
),

-- people who all stood in one home are a family, also after its book's number has changed
families as (
    select account_id, max(people) as most_of_one_home, count(*) as households
    from (
        select account_id, household, count(distinct recipient_id) as people
        from homes
        group by account_id, household
    ) as h
    group by account_id
)

select
    h.account_id,
    min(h.county_code) as county_code,
    min(h.village_code) as village_code,
    min(h.month) as period_from,
    max(h.month) as period_to,
    list(distinct h.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(h.month_fen)::bigint as amount_fen,
    case when count(distinct h.recipient_id) >= min(h.high_people) then 'high' else 'medium' end as severity,
    sha256(array_to_string(list_sort(list(distinct h.recipient_id::varchar)), ',')) as people_key,
    count(distinct h.recipient_id) as people,
    max(f.households) as households
from held as h
inner join families as f on h.account_id = f.account_id
group by h.account_id
having count(distinct h.recipient_id) > max(f.most_of_one_home)
