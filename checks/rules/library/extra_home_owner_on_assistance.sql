-- id: D02
-- title: 享受救助家庭有多套房产
-- kind: suspicion
-- severity: medium
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: property, population
-- uses: civil_affairs_rolls
-- grain: recipient_id, programme
-- rests_on: certificates
-- fact: certificates = 不动产权证
-- fact: homes = 住房套数
-- fact: shops = 商铺套数
-- basis: 最低生活保障审核确认办法（家庭财产状况）；2022年10月20日通知：须核实后认定，不得一刀切
-- why: 享受救助的家庭合计有两套以上住房，或者有商铺、写字楼，要核实来源和份额。
-- clears: 拆迁安置、保障性住房、危房；只占少量份额；未分割的继承房产；宅基地自建房。
-- ask: 入户看实际居住，查不动产来源和份额，是否出租。
-- effort: visit
-- setting: most_homes = 1; 一套住房以内不提示
-- setting: least_share_percent = 50; 份额不到一半的不计（项目约定）
-- setting: kin_degree = 0; 只看计入保障人口的家人；设为一至三的，户外一至三代亲属也看，须有本地依据
-- exempt: 宅基地, 农房, 安置, 拆迁, 保障, 公租, 廉租, 危房, 车库, 车位, 杂物; 这些来源和类型不计套数
with fewest as (
    select min(most_homes) as most_homes
    from rule_settings
),

-- a dwelling sold on the market (商品房, 商品住宅) is a dwelling, and so is what people live above (商住)
shop_types as (
    select distinct r.property_type
    from property as r
    where r.property_type not like '%商品%' and r.property_type not like '%商住%' and r.property_type not like '%住宅%'
        and (
            r.property_type like '%商%' or r.property_type like '%办公%' or r.property_type like '%铺%'
            or r.property_type like '%写字%' or r.property_type like '%店面%' or r.property_type like '%门面%'
            or r.property_type like '%门市%'
        )
),

-- whose members own too much at whatever time; the months are looked at below
several as (
    select m.recipient_id, m.programme
    from member_spells as m
    inner join property as r on m.member_id = r.person_id
    left join shop_types as t on r.property_type = t.property_type
    cross join fewest as s
    group by m.recipient_id, m.programme
    having count(distinct coalesce(r.certificate_no, r.location || ' ' || r.area_m2::varchar, r.record_id)) > min(s.most_homes)
        or count(case when t.property_type is not null then 1 end) > 0
),

candidates as ( -- noqa: ST03
    select m.recipient_id, m.programme, m.member_id, m.relation, m.degree, m.from_month, m.to_month
    from member_spells as m
    inner join several as v on m.recipient_id = v.recipient_id and m.programme = v.programme
),

owned as (
    select
        m.recipient_id,
        m.programme,
        m.payment_id,
        m.month,
        m.month_fen,
        r.record_id,
        coalesce(r.certificate_no, r.record_id) as certificate,
        -- co-owners' records without a number are one home when they lie in one place and are of one size
        coalesce(r.certificate_no, r.location || ' ' || r.area_m2::varchar, r.record_id) as home,
        s.most_homes,
        t.property_type is not null as is_commercial
    from member_months as m
    inner join property as r on m.member_id = r.person_id
    left join shop_types as t on r.property_type = t.property_type
    inner join rule_settings as s
        on m.county_code = s.county_code and m.programme = s.programme and m.month = s.month
    where (r.registered_on is null or r.registered_on <= last_day(m.month))
        and (r.transferred_on is null or r.transferred_on > last_day(m.month))
        and coalesce(r.share_percent, 100) >= s.least_share_percent
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = m.county_code and e.programme = m.programme and e.month = m.month
                and concat_ws(' ', r.property_type, r.origin) like '%' || e.word || '%'
        )
),

months as (
    select
        recipient_id,
        programme,
        payment_id,
        month,
        min(month_fen) as month_fen,
        list(record_id) as record_ids,
        list(certificate) as certificates,
        count(distinct case when not is_commercial then home end) as homes,
        count(distinct case when is_commercial then home end) as shops
    from owned
    group by recipient_id, programme, payment_id, month
    having count(distinct case when not is_commercial then home end) > min(most_homes)
        or count(distinct case when is_commercial then home end) > 0
)

select
    recipient_id,
    programme,
    min(month) as period_from,
    max(month) as period_to,
    list(payment_id) as payment_ids,
    flatten(list(record_ids)) as record_ids,
    sum(month_fen)::bigint as amount_fen,
    array_to_string(list_sort(list_distinct(flatten(list(certificates)))), '、') as certificates,
    max(homes) as homes,
    max(shops) as shops
from months
group by recipient_id, programme
