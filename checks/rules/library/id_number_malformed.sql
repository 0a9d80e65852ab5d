-- id: A01
-- title: 证号格式或校验位有误
-- kind: data_error
-- severity: return
-- version: 1
-- population: payments
-- needs: none
-- grain: county_code, village_code, programme, subject
-- rests_on: problems
-- fact: problems = 问题
-- fact: rows_affected = 涉及行数
-- value: id_checksum = 校验位不符
-- value: id_malformed = 格式不对
-- value: born_after_period = 出生日期晚于发放月份
-- value: too_old = 年过一百二十
-- basis: GB 11643 公民身份号码；政府信息公开条例 §41（更正）
-- why: 证号不是十八位、出生日期不存在（或晚于发放月份、年过一百二十）或校验位不对，就认不出人，别的核对都做不了；钱已发出，请来源单位更正。
-- clears: 来源单位报来更正后的证号，或证件种类不是居民身份证。
-- ask: 请乡镇对照身份证复印件更正证号，说明原因。
-- effort: desk
-- setting: oldest_years = 120; GB 11643：超过一百二十岁的视为证号有误（项目约定）
with oldest as (
    select min(oldest_years) as oldest_years
    from rule_settings
),

-- born after the first of the months paid for, or longer ago than anybody lives
doubtful as (
    select t.recipient_id, min(i.born_on) as born_on
    from person_names as t
    inner join people as i on t.recipient_id = i.person_id
    cross join oldest as s
    where i.born_on > t.first_month or year(t.last_month) - year(i.born_on) >= s.oldest_years
    group by t.recipient_id
),

judged as (
    select
        p.*,
        coalesce(p.recipient_id::varchar, p.recipient_name, p.payment_id) as subject,
        coalesce(
            p.id_problem,
            case when i.born_on > last_day(p.period_to) then 'born_after_period' end,
            case
                when year(p.period_to) - year(i.born_on) - case when month(p.period_to) < month(i.born_on) then 1 else 0 end
                    > s.oldest_years then 'too_old'
            end
        ) as problem
    from payments as p
    inner join rule_settings as s
        on p.county_code = s.county_code and p.programme = s.programme and p.month = s.month
    left join doubtful as i on p.recipient_id = i.recipient_id
    where p.id_problem is not null or i.recipient_id is not null
)

select
    county_code,
    village_code,
    programme,
    subject,
    min(period_from) as period_from,
    max(period_to) as period_to,
    list(payment_id) as payment_ids,
    []::varchar[] as record_ids,
    sum(amount_fen)::bigint as amount_fen,
    array_to_string(list_sort(list(distinct problem)), '、') as problems,
    count(*) as rows_affected
from judged
where problem is not null
group by county_code, village_code, programme, subject
