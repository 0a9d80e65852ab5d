-- id: D01
-- title: 享受救助家庭有机动车
-- kind: suspicion
-- severity: medium
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: vehicles, population
-- uses: civil_affairs_rolls
-- grain: recipient_id, programme, member_id
-- rests_on: plates
-- fact: relation = 与享受人关系
-- fact: plates = 号牌
-- fact: highest_value_fen = 最高价值
-- fact: vehicles = 车辆数
-- basis: 最低生活保障审核确认办法（家庭财产状况）；2022年10月20日通知：不得以有车一刀切，须核实价值和用途
-- why: 享受救助的家庭名下有在用的汽车，要核实车的价值、是谁在用、是不是谋生工具。
-- clears: 挂名车、已报废或转让未办手续；残疾人代步车；谋生必需的低值车辆。
-- ask: 看车龄和行驶证，问保险由谁交、谁在开；挂名的请实际车主作证。
-- effort: visit
-- setting: least_value_fen = 3000000; 三万元（多地低保家庭财产规定，本县以文件为准）
-- setting: high_value_fen = 10000000; 十万元以上列为重点（项目约定）
-- setting: oldest_years = 10; 没有价值的，超过十年的旧车不提示（项目约定）
-- setting: kin_degree = 0; 只看计入保障人口的家人；设为一至三的，户外一至三代亲属也看，须有本地依据
-- exempt: 摩托, 三轮, 拖拉机, 农用, 轮椅, 代步, 报废, 注销, 灭失; 摩托车、农用车、残疾人代步车和已报废注销的车不计（如重庆低保条例 §13）
with candidates as ( -- noqa: ST03
    select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, m.from_month, m.to_month
    from member_spells as m
    where m.member_id in (select v.person_id from vehicles as v)
),

owned as (
    select
        m.recipient_id,
        m.programme,
        m.member_id,
        m.payment_id,
        m.month,
        min(m.relation) as relation,
        min(m.month_fen) as month_fen,
        list(v.record_id) as record_ids,
        list(coalesce(v.plate, v.record_id)) as plates,
        max(v.value_fen) as value_fen,
        count(distinct coalesce(v.plate, v.record_id)) as vehicles,
        min(s.high_value_fen) as high_value_fen
    from member_months as m
    inner join vehicles as v on m.member_id = v.person_id
    inner join rule_settings as s
        on m.county_code = s.county_code and m.programme = s.programme and m.month = s.month
    where (v.registered_on is null or v.registered_on <= last_day(m.month))
        and (v.transferred_on is null or v.transferred_on > last_day(m.month))
        and (
            v.value_fen >= s.least_value_fen
            or (
                v.value_fen is null
                and (
                    v.registered_on is null
                    or (year(m.month) - year(v.registered_on)) * 12 + month(m.month) - month(v.registered_on)
                    <= s.oldest_years * 12
                )
            )
        )
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = m.county_code and e.programme = m.programme and e.month = m.month
                and concat_ws(' ', v.vehicle_type, v.use, v.vehicle_state) like '%' || e.word || '%'
        )
    group by m.recipient_id, m.programme, m.member_id, m.payment_id, m.month
)

select
    recipient_id,
    programme,
    member_id,
    min(month) as period_from,
    max(month) as period_to,
    list(payment_id) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(month_fen)::bigint as amount_fen,
    case when max(value_fen) >= min(high_value_fen) or max(vehicles) >= 2 then 'high' else 'medium' end as severity,
    min(relation) as relation,
    array_to_string(list_sort(list_distinct(flatten(list(plates)))), '、') as plates,
    max(value_fen) as highest_value_fen,
    max(vehicles) as vehicles
from owned
group by recipient_id, programme, member_id
