-- id: D03
-- title: 享受救助家庭有经营主体
-- kind: suspicion
-- severity: low
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: business, population
-- uses: civil_affairs_rolls
-- grain: recipient_id, programme, member_id
-- rests_on: businesses
-- fact: relation = 与享受人关系
-- fact: businesses = 经营主体代码
-- fact: capital_fen = 注册资本
-- fact: tax_12m_fen = 近一年纳税
-- basis: 最低生活保障审核确认办法 §13（经营净收入）、家庭财产状况
-- why: 享受救助的家庭中有人名下有正在经营的公司或个体户，要核实有没有经营收入。
-- clears: 合作社普通成员；被冒名登记；注销、吊销；十二个月没有纳税的；小摊点收入已计入。
-- ask: 调近一年纳税记录，到经营地看是否营业；冒名的请本人声明并报案。
-- effort: office
-- setting: high_capital_fen = 10000000; 出资额十万元以上列为中等（项目约定）
-- setting: kin_degree = 0; 只看计入保障人口的家人；设为一至三的，户外一至三代亲属也看，须有本地依据
-- exempt: 合作社, 注销, 吊销, 迁出; 合作社成员不等于经营者；已注销吊销的不算
with candidates as ( -- noqa: ST03
    select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, m.from_month, m.to_month
    from member_spells as m
    where m.member_id in (select b.person_id from business as b)
),

active as (
    select
        m.recipient_id,
        m.programme,
        m.member_id,
        m.payment_id,
        m.month,
        min(m.relation) as relation,
        min(m.month_fen) as month_fen,
        list(b.record_id) as record_ids,
        list(coalesce(b.credit_code, b.business_name, b.record_id)) as businesses,
        max(b.capital_fen) as capital_fen,
        max(b.tax_12m_fen) as tax_12m_fen,
        min(s.high_capital_fen) as high_capital_fen
    from member_months as m
    inner join business as b on m.member_id = b.person_id
    inner join rule_settings as s
        on m.county_code = s.county_code and m.programme = s.programme and m.month = s.month
    where (b.founded_on is null or b.founded_on <= last_day(m.month))
        and (b.closed_on is null or b.closed_on > last_day(m.month))
        -- who only oversees, keeps the books or is named for post owns nothing
        and coalesce(b.role, '') not in ('监事', '财务负责人', '联络员')
        -- no tax for twelve months clears; where tax is not told, capital speaks
        and (b.tax_12m_fen > 0 or (b.tax_12m_fen is null and b.capital_fen > 0))
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = m.county_code and e.programme = m.programme and e.month = m.month
                and concat_ws(' ', b.business_type, b.business_name, b.business_state) like '%' || e.word || '%'
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
    case when max(capital_fen) >= min(high_capital_fen) then 'medium' else 'low' end as severity,
    min(relation) as relation,
    array_to_string(list_sort(list_distinct(flatten(list(businesses)))), '、') as businesses,
    max(capital_fen) as capital_fen,
    max(tax_12m_fen) as tax_12m_fen
from active
group by recipient_id, programme, member_id
