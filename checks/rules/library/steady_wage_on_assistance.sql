-- id: D04
-- title: 享受救助家庭有稳定工资
-- kind: suspicion
-- severity: medium
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: social_insurance, population
-- uses: civil_affairs_rolls
-- grain: recipient_id, programme, member_id
-- rests_on: employers
-- fact: relation = 与享受人关系
-- fact: employers = 工作单位
-- fact: months_contributed = 缴费月数
-- fact: base_fen = 缴费基数
-- basis: 最低生活保障审核确认办法 §13（工资性收入，可扣减就业成本；渐退期不超过六个月）
-- why: 家里有人近六个月中至少三个月由单位缴社保，说明有稳定工资，要看核定收入时算没算。
-- clears: 核定收入已计入，扣减后仍低于标准；在渐退期内；已离职单位仍在缴；公益性岗位。
-- ask: 问缴费单位该人工资多少、是否在职；调审核表看收入一栏。
-- effort: office
-- setting: look_back_months = 6; 看最近六个月（项目约定）
-- setting: least_months = 3; 六个月中至少三个月（项目约定）
-- setting: kin_degree = 0; 只看计入保障人口的家人；设为一至三的，户外一至三代亲属也看，须有本地依据
-- exempt: 公益性岗位, 灵活就业, 城乡居民; 公益岗和个人缴费不说明有稳定工资
with candidates as ( -- noqa: ST03
    select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, m.from_month, m.to_month
    from member_spells as m
    where m.member_id in (select i.person_id from social_insurance as i)
),

contributed as (
    select
        m.recipient_id,
        m.programme,
        m.member_id,
        m.payment_id,
        m.month,
        min(m.relation) as relation,
        min(m.month_fen) as month_fen,
        list(i.record_id) as record_ids,
        list(coalesce(i.employer, '')) as employers,
        count(distinct i.paid_month) as months,
        max(i.base_fen) as base_fen
    from member_months as m
    inner join social_insurance as i on m.member_id = i.person_id
    inner join rule_settings as s
        on m.county_code = s.county_code and m.programme = s.programme and m.month = s.month
    where (year(m.month) - year(i.paid_month)) * 12 + month(m.month) - month(i.paid_month)
        between 0 and s.look_back_months - 1
        and i.payer_kind is not null
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = m.county_code and e.programme = m.programme and e.month = m.month
                and e.word = i.payer_kind
        )
    group by m.recipient_id, m.programme, m.member_id, m.payment_id, m.month
    having count(distinct i.paid_month) >= min(s.least_months)
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
    min(relation) as relation,
    array_to_string(list_sort(list_distinct(flatten(list(employers)))), '、') as employers,
    max(months) as months_contributed,
    max(base_fen) as base_fen
from contributed
group by recipient_id, programme, member_id
