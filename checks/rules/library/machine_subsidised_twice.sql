-- id: H06
-- title: 农机重复或异常申领
-- kind: suspicion
-- severity: high
-- version: 2
-- population: payments
-- programmes: machine_purchase, machine_scrap
-- requires: recipient_id, item_serial
-- needs: none
-- grain: subject
-- rests_on: people, machines
-- fact: people = 人数
-- fact: machines = 农机台数
-- basis: 农机购置与应用补贴实施意见（农办机〔2024〕3号，待核对）：一台机具只补一次
-- why: 同一个出厂编号只能补一次；一个人一年买的台数过多也要核验。
-- clears: 编号抄写不全；合作社集中购买；报废更新的旧机具编号。
-- ask: 到户看机具和铭牌，核对发票和购机人。
-- effort: visit
-- setting: most_machines = 5; 个人一年多于五台的核验（项目约定）
with bought as (
    select *, year(period_to) as season
    from payments
    where coalesce(state, 'paid') not in ('planned', 'stopped', 'returned', 'refunded') and corrects is null
),

serials as (
    select
        item_serial,
        min(county_code) as county_code,
        min(programme) as programme,
        min(recipient_id) as recipient_id,
        min(period_from) as period_from,
        max(period_to) as period_to,
        list(payment_id) as payment_ids,
        sum(amount_fen) - max(amount_fen) as amount_fen,
        count(distinct recipient_id) as people
    from bought
    group by item_serial, programme
    -- the same person in the same month is A06's question
    having count(distinct recipient_id) > 1 or count(distinct period_to) > 1
),

owners as (
    select
        b.recipient_id,
        b.season,
        min(b.county_code) as county_code,
        min(b.programme) as programme,
        min(b.period_from) as period_from,
        max(b.period_to) as period_to,
        list(b.payment_id) as payment_ids,
        sum(b.amount_fen) as amount_fen,
        count(distinct b.item_serial) as machines
    from bought as b
    inner join rule_settings as s
        on b.county_code = s.county_code and b.programme = s.programme and b.month = s.month
    where b.programme = 'machine_purchase'
    group by b.recipient_id, b.season
    having count(distinct b.item_serial) > min(s.most_machines)
)

select
    'serial:' || programme || ':' || item_serial as subject,
    county_code,
    programme,
    recipient_id,
    period_from,
    period_to,
    payment_ids,
    []::varchar[] as record_ids,
    amount_fen::bigint as amount_fen,
    'high' as severity,
    people,
    1 as machines
from serials
union all
select
    'owner:' || recipient_id::varchar || ':' || season::varchar as subject,
    county_code,
    programme,
    recipient_id,
    period_from,
    period_to,
    payment_ids,
    []::varchar[] as record_ids,
    amount_fen::bigint as amount_fen,
    'medium' as severity,
    1 as people,
    machines
from owners
