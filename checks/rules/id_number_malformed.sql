-- id: A01
-- title: 证号格式或校验位有误
-- kind: data_error
-- severity: return
-- version: 1
-- population: payments
-- needs: none
-- grain: county_code, village_code, programme, recipient_name
-- rests_on: problems
-- basis: GB 11643 公民身份号码；政府信息公开条例 §41（更正）
-- why: 证号不是十八位、出生日期不存在或校验位不对，就认不出人，别的核对都做不了；钱已发出，请来源单位更正。
-- clears: 来源单位报来更正后的证号，或证件种类不是居民身份证。
-- ask: 请乡镇对照身份证复印件更正证号，说明原因。
-- effort: desk
select
    county_code,
    village_code,
    programme,
    coalesce(recipient_name, payment_id) as recipient_name,
    min(period_from) as period_from,
    max(period_to) as period_to,
    list(payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(amount_fen)::bigint as amount_fen,
    array_to_string(list_sort(list(distinct id_problem)), '、') as problems,
    count(*) as rows_affected
from payments
where id_problem is not null
group by county_code, village_code, programme, coalesce(recipient_name, payment_id)
