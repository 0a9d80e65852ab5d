-- id: F02
-- title: 一人多卡
-- kind: suspicion
-- severity: low
-- version: 2
-- population: payment_months
-- requires: recipient_id, account_id
-- needs: none
-- grain: recipient_id, programme
-- rests_on: accounts_key
-- fact: accounts = 账户数
-- basis: 财办〔2020〕37号（待核对）：一人一卡
-- why: 一个人的同一项目一年内打进几张卡，容易有一张不在本人手里。
-- clears: 换卡有日期和手续；银行合并换号；本人确认两张卡都在自己手里。
-- ask: 问本人哪张卡在用，把项目统一到一张卡。
-- effort: desk
-- setting: most_accounts = 1; 一人一卡
-- setting: window_months = 12; 看最近十二个月（项目约定）
with several as (
    select recipient_id, programme
    from person_programmes
    where first_account <> last_account
)

select
    p.recipient_id,
    p.programme,
    min(p.month) as period_from,
    max(p.month) as period_to,
    list(distinct p.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(p.month_fen)::bigint as amount_fen,
    sha256(array_to_string(list_sort(list(distinct p.account_id::varchar)), ',')) as accounts_key,
    count(distinct p.account_id) as accounts
from payment_months as p
inner join several as v on p.recipient_id = v.recipient_id and p.programme = v.programme
inner join rule_settings as s
    on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
inner join current_months as n on p.county_code = n.county_code and p.programme = n.programme
where (year(n.month) - year(p.month)) * 12 + month(n.month) - month(p.month) between 0 and s.window_months - 1
group by p.recipient_id, p.programme
having count(distinct p.account_id) > min(s.most_accounts)
