-- id: G01
-- title: 近亲属未备案
-- kind: suspicion
-- severity: high
-- version: 3
-- population: payment_months
-- programmes: dibao_*, tekun_*
-- requires: recipient_id
-- needs: kin, officials
-- uses: civil_affairs_rolls
-- grain: recipient_id, programme, official_id
-- rests_on: official_id, relation, filed_on, visited_on
-- fact: relation = 与享受人关系
-- fact: filed_on = 备案日期
-- fact: visited_on = 核实日期
-- basis: 最低生活保障审核确认办法 §11（经办人员、村（居）委会成员近亲属单独登记备案）、§20（县级入户）
-- why: 经办人员和村干部的近亲属享受救助，应当单独备案，县里要入户调查。
-- clears: 已备案并有县级入户记录；亲属关系登记错误；任职前已享受并已补备案。
-- ask: 补办备案，县民政局入户核查，看审批中本人是否回避。
-- effort: visit
-- setting: kin_degree = 2; 最低生活保障审核确认办法 §11 的近亲属：配偶、父母、子女、兄弟姐妹、祖孙（二代以内）
-- exempt: 其他, 亲戚, 朋友, 同事, 配偶的父母, 子的配偶, 女的配偶, 子女的配偶; 不属近亲属（配偶、父母、子女、兄弟姐妹、祖孙），姻亲不在内
with related as (
    select
        p.recipient_id,
        p.programme,
        p.payment_id,
        p.month,
        x.person_id as official_id,
        min(p.month_fen) as month_fen,
        flatten(list(x.record_ids)) as kin_records,
        list(o.record_id) as official_records,
        min(x.relation) as relation,
        max(case when x.filed_on <= last_day(p.month) then x.filed_on end) as filed_on,
        max(case when x.visited_on <= last_day(p.month) then x.visited_on end) as visited_on,
        -- the roll may say that it is filed where the kin list does not
        bool_or(f.person_id is not null) as roll_says_filed
    from payment_months as p
    inner join relatives as x on p.recipient_id = x.relative_id
    inner join officials as o on x.person_id = o.person_id
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    left join (
        select distinct c.person_id, c.valid_from, c.valid_to
        from civil_affairs_rolls as c
        where c.kin_filed = true
    ) as f
        on p.recipient_id = f.person_id
        and (f.valid_from is null or f.valid_from <= last_day(p.month)) and (f.valid_to is null or f.valid_to >= p.month)
    where x.degree <= s.kin_degree
        and (x.valid_from is null or x.valid_from <= last_day(p.month)) and (x.valid_to is null or x.valid_to >= p.month)
        and (o.serves_from is null or o.serves_from <= last_day(p.month))
        and (o.serves_to is null or o.serves_to >= p.month)
        and not exists (
            select 1 from rule_exempt as e
            where e.county_code = p.county_code and e.programme = p.programme and e.month = p.month
                and e.word = x.relation
        )
        and not exists (
            select 1 from civil_affairs_rolls as r
            where r.person_id = p.recipient_id and r.kin_filed = true and x.visited_on is not null
                and (r.valid_from is null or r.valid_from <= last_day(p.month))
                and (r.valid_to is null or r.valid_to >= p.month)
        )
    group by p.recipient_id, p.programme, p.payment_id, p.month, x.person_id
)

select
    recipient_id,
    programme,
    official_id,
    min(month) as period_from,
    max(month) as period_to,
    list(distinct payment_id) as payment_ids,
    list_concat(flatten(list(kin_records)), flatten(list(official_records))) as record_ids,
    sum(month_fen)::bigint as amount_fen,
    case when bool_or(filed_on is null and not roll_says_filed) then 'high' else 'low' end as severity,
    min(relation) as relation,
    max(filed_on) as filed_on,
    max(visited_on) as visited_on
from related
where filed_on is null or visited_on is null
group by recipient_id, programme, official_id
