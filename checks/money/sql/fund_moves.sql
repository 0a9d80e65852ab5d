-- Moves of money between accounts, one row per document line and account its money came from; see checks/money/chain.py.
-- Keys are document numbers as they are compared: clerks write 〔2026〕, [2026] and (2026).
with documents as (
    select line_id, county_code, hop, document_no, regexp_replace(document_no, '[\[\]()（）【】〔〕\s]', '', 'g') as key,
           parent_document_no, programme, coalesce(town_code, '') as town_code, dated_on, amount_fen as fen
    from fund_flows where status = 'accepted' and amount_fen <> 0 and dated_on is not null),
-- where a line's fen belong (`account_id`): to itself, or for a correction to the document it corrects
corrected as (
    select n.line_id, d.line_id as account_id, d.hop, d.document_no, d.programme, d.town_code, d.parent_document_no,
           n.dated_on, n.fen, d.fen as weight, n.county_code,
           2 * (d.programme is not distinct from n.programme)::int + (d.town_code = n.town_code)::int as fit
    from documents n join documents d on d.county_code = n.county_code and d.hop = n.hop and d.fen > 0
         and d.key = regexp_replace(n.parent_document_no, '[\[\]()（）【】〔〕\s]', '', 'g') and d.line_id <> n.line_id
    where n.fen < 0
    qualify fit = max(fit) over (partition by n.line_id)),
owned as (
    select line_id, account_id, county_code, hop, document_no, programme, town_code, parent_document_no, dated_on,
           (upto - lag(upto, 1, 0) over (partition by line_id order by account_id))::bigint as fen
    from (select *, case when row_number() over given = count(*) over (partition by line_id) then fen
                         else round(fen * (sum(weight) over given / sum(weight) over (partition by line_id)))
                    end as upto
          from corrected window given as (partition by line_id order by account_id))
    union all
    select line_id, line_id, county_code, hop, document_no, programme, town_code, parent_document_no, dated_on, fen
    from documents anti join corrected using (line_id)),
-- every parent an account names, with the yuan written behind it
parts as (
    select line_id, account_id, county_code, hop, document_no, programme, town_code, fen, position,
           regexp_extract(part, '^(.*?)\s*(?:[=＝]\s*([0-9,]+(?:\.[0-9]{1,2})?)\s*元?)?$', ['no', 'yuan']) as written
    from (select *, unnest(list_distinct(string_split_regex(parent_document_no, '[、；;\n]+'))) as part,
                 generate_subscripts(list_distinct(string_split_regex(parent_document_no, '[、；;\n]+')), 1) as position
          from owned where parent_document_no is not null)
    where trim(part) <> ''),
parents as (
    select * exclude (written), regexp_replace(written.no, '[\[\]()（）【】〔〕\s]', '', 'g') as key,
           regexp_replace(document_no, '[\[\]()（）【】〔〕\s]', '', 'g') as own_key,
           (try_cast(replace(nullif(written.yuan, ''), ',', '') as decimal(18, 2)) * 100)::bigint as named_fen
    from parts),
-- the lines a named parent may mean; a repayment also means the returns of the payment it names
reached as (
    select county_code, key, line_id, hop, false as by_payment from documents where fen > 0
    union all
    select p.county_code, p.key, p.line_id, '退回', true from parents p
    where p.hop = '退回' and p.line_id = p.account_id and p.fen > 0),
-- of the lines a parent may mean: those of an allowed hop, then of the same programme, then of the same township
met as (
    select p.line_id, p.account_id, p.county_code, p.position, p.named_fen, p.fen, s.line_id as from_id,
           s.fen as from_fen, (p.hop, s.hop) in (
               ('指标', '指标'), ('下达', '指标'), ('下达', '下达'), ('拨付', '指标'), ('拨付', '下达'), ('拨付', '拨付'),
               ('支付', '指标'), ('支付', '下达'), ('支付', '拨付'), ('退回', '支付'), ('退回', '重发'), ('重发', '退回')
           ) as allowed,
           4 * allowed::int + 2 * (s.programme is not distinct from p.programme)::int
               + (s.town_code = p.town_code)::int as fit
    from parents p
    join reached r on r.county_code = p.county_code and r.key = p.key and (not r.by_payment or p.hop = '重发')
    join documents s on s.line_id = r.line_id
    -- other lines of the same document are its equals, not its source
    where s.line_id not in (p.line_id, p.account_id) and not (s.hop = p.hop and s.key = p.own_key)
    qualify fit = max(fit) over (partition by p.line_id, p.account_id, p.position)),
given as (
    select p.line_id, p.account_id, p.position, p.fen, m.from_id,
           case when m.from_id is not null then null
                when p.hop = '指标' then null
                when not exists (select 1 from documents s where s.county_code = p.county_code and s.key = p.key)
                    then '台账里没有这份上级文件'
                when p.hop = '重发' then '没有退回记录' else '上级文件的环节不对' end as gap,
           count(*) filter (p.named_fen is not null) over whole as names,
           -- what is written, else an equal part of the rest, else by the size of the documents
           case when p.named_fen is not null then p.named_fen * coalesce(m.from_fen / sum(m.from_fen) over part, 1.0)
                else coalesce(m.from_fen, 0) end::double as weight,
           p.named_fen is not null as is_named
    from parents p left join (from met where allowed) m using (line_id, account_id, position)
    window whole as (partition by p.line_id, p.account_id),
           part as (partition by p.line_id, p.account_id, p.position)),
weighed as (
    select * replace (case when is_named or names = 0 then weight
                      else greatest(abs(fen) - coalesce(sum(weight) filter (is_named) over whole, 0), 0)
                           / count(*) filter (not is_named) over whole end as weight)
    from given
    window whole as (partition by line_id, account_id)
    -- a parent the ledger lacks and nobody gave an amount for takes nothing while others are there
    qualify from_id is not null or is_named or count(from_id) over whole = 0),
shared as (
    select line_id, account_id, from_id, gap,
           (upto - lag(upto, 1, 0) over (partition by line_id, account_id order by place))::bigint as fen
    from (select *, row_number() over before as place,
                 case when row_number() over before = count(*) over whole then fen
                      else round(fen * (sum(weight) over before / sum(weight) over whole)) end as upto
          from (select * replace (case when sum(weight) over whole > 0 then weight else 1.0 end as weight)
                from weighed window whole as (partition by line_id, account_id))
          window whole as (partition by line_id, account_id),
                 before as (partition by line_id, account_id order by position, from_id nulls last
                            rows unbounded preceding))
    union all
    select line_id, account_id, null, case when hop <> '指标' then '没有写上级文号' end, fen
    from owned o where not exists (select 1 from parents p where p.line_id = o.line_id and p.account_id = o.account_id))
select o.county_code, o.line_id, o.account_id as to_id, o.hop, o.document_no, o.programme, o.town_code,
       f.line_id as from_id, f.hop as from_hop, f.document_no as from_document_no, f.programme as from_programme,
       f.town_code as from_town_code, f.dated_on as from_on, o.dated_on as moved_on,
       date_trunc('month', o.dated_on)::date as month, sum(s.fen)::bigint as fen, s.gap
from shared s
join owned o using (line_id, account_id)
left join documents f on f.line_id = s.from_id
where s.fen <> 0
group by all
