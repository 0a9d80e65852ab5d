-- id: B04
-- title: 服刑或强戒期间发放
-- kind: suspicion
-- severity: medium
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: custody, population
-- uses: civil_affairs_rolls
-- grain: recipient_id, programme, member_id
-- rests_on: from_on, custody_kind
-- fact: relation = 与享受人关系
-- fact: from_on = 起始日期
-- fact: custody_kind = 羁押种类
-- basis: 特困人员认定办法 §24（服刑的终止供养）；最低生活保障审核确认办法 §7（服刑、强制戒毒的不计入家庭成员）
-- why: 整月在监所的人由国家供养，不能再领特困供养金，也不能计入低保家庭人口。
-- clears: 已释放（释放证明书）；社区矫正、缓刑、取保候审不在监所。
-- ask: 向司法局核对收押和释放日期；特困的终止，低保的重新核定人口。
-- effort: office
-- setting: kin_degree = 0; 只看计入保障人口的家人；设为一至三的，户外一至三代亲属也看，须有本地依据
-- exempt: 社区矫正, 缓刑, 取保候审; 不在监所执行，生活自理
with candidates as ( -- noqa: ST03
    select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, m.from_month, m.to_month
    from member_spells as m
    where m.member_id in (select c.person_id from custody as c)
),

held as (
    select
        m.recipient_id,
        m.programme,
        m.member_id,
        m.payment_id,
        m.month,
        min(m.relation) as relation,
        min(m.month_fen) as month_fen,
        list(c.record_id) as record_ids,
        min(c.from_on) as from_on,
        min(c.custody_kind) as custody_kind
    from member_months as m
    inner join custody as c on m.member_id = c.person_id
    -- inside for the whole of the month: the month of entry and of release are due
    where c.from_on <= m.month and (c.to_on is null or c.to_on >= last_day(m.month))
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = m.county_code and e.programme = m.programme and e.month = m.month
                and e.word = c.custody_kind
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
    case when programme like 'tekun%' then 'high' else 'medium' end as severity,
    min(relation) as relation,
    min(from_on) as from_on,
    min(custody_kind) as custody_kind
from held
group by recipient_id, programme, member_id
