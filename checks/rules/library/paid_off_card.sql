-- id: F05
-- title: 未走一卡通
-- kind: flow
-- severity: medium
-- version: 1
-- population: payments
-- programmes: !tekun_institution, !farm_service
-- requires: village_code
-- needs: none
-- grain: village_code, programme, paid_month
-- rests_on: lines
-- fact: paid_month = 发放月份
-- fact: lines = 次数
-- basis: 财政部门惠民惠农补贴“一卡通”管理要求：补贴资金直接发到本人或户主的卡上
-- why: 同一批里别人都有卡号，这几行没有；钱由人代领或发现金，就看不到有没有到群众手里。
-- clears: 花名册漏填账号，银行回盘里有；救急的小额现金有签收表；集中供养由机构统一领取。
-- ask: 问这几户的钱是怎么发的，查签收表或转账凭证。
-- effort: office
-- exempt: 现金签收, 集中供养; 有签收表的现金，机构统一领取
with batches as (
    select county_code, programme, month
    from payment_sums
    group by county_code, programme, month
    -- a roster without any account came without the column
    having max(case when no_account_id then 0 else 1 end) = 1 and max(case when no_account_id then 1 else 0 end) = 1
)

select
    p.county_code,
    p.village_code,
    p.programme,
    p.month as paid_month,
    p.month as period_from,
    p.month as period_to,
    list(p.payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(p.amount_fen)::bigint as amount_fen,
    count(*) as lines
from payments as p
inner join batches as b on p.county_code = b.county_code and p.programme = b.programme and p.month = b.month
where p.account_id is null and coalesce(p.state, 'paid') = 'paid'
    and not exists (
        select 1 from rule_exempt as e
        where e.county_code = p.county_code and e.programme = '' and e.month = p.month
            and coalesce(p.note, '') like '%' || e.word || '%'
    )
group by p.county_code, p.village_code, p.programme, p.month
