"""The money chain: documents into moves between accounts, moves into balances and delays. Pure SQL, no rules here.

Every document is an account: money enters it and leaves it again with the documents that name it as their parent. A move is one row
`(from_id, to_id, fen)`, so a fen that leaves one account stands in another, whatever order the documents come in.

A document may name several parents, `甲号、乙号`; money comes from them in proportion to their amounts, or as written:
`甲号=3000.00；乙号=2000.00` (yuan). Of a parent with several lines, the lines of the same programme give, and among them
those of the same township. A negative amount that names a document of its own hop corrects that document: it lessens its
account and goes back to where that document's money came from. A repayment (重发) draws on the returns (退回) of the
payment it names. Money whose source the ledger does not hold comes from nowhere (`from_id` null) with the reason in `gap`;
only a quota (指标) comes from above without one.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

HOPS = ("指标", "下达", "拨付", "支付", "退回", "重发")
# Where money arrives at people and is no longer anybody's to pass on.
DELIVERED = ("支付", "重发")
NO_PARENT, NOT_IN_LEDGER, WRONG_HOP, NO_RETURN = (
    "没有写上级文号",
    "台账里没有这份上级文件",
    "上级文件的环节不对",
    "没有退回记录",
)

# From which hop a hop's money may come.
SOURCES = {
    "指标": ("指标",),
    "下达": ("指标", "下达"),
    "拨付": ("指标", "下达", "拨付"),
    "支付": ("指标", "下达", "拨付"),
    "退回": ("支付", "重发"),
    "重发": ("退回",),
}
_ALLOWED = ", ".join(f"('{hop}', '{source}')" for hop, sources in SOURCES.items() for source in sources)


def _key(column: str) -> str:
    """A document number as it is compared: clerks write 〔2026〕, [2026] and (2026)."""
    return rf"regexp_replace({column}, '[\[\]()（）【】〔〕\s]', '', 'g')"


# Where a line's fen belong (`account_id`): to itself, or for a correction to the document it corrects.
_ACCOUNTS = f"""
    said as (
        select line_id, county_code, hop, document_no, {_key("document_no")} as key, parent_document_no, programme,
               coalesce(town_code, '') as town_code, dated_on, amount_fen as fen
        from fund_flows where status = 'accepted' and amount_fen <> 0 and dated_on is not null),
    corrected as (
        select n.line_id, d.line_id as account_id, d.hop, d.document_no, d.programme, d.town_code, d.parent_document_no,
               n.dated_on, n.fen, d.fen as weight, n.county_code,
               2 * (d.programme is not distinct from n.programme)::int + (d.town_code = n.town_code)::int as fit
        from said n join said d on d.county_code = n.county_code and d.hop = n.hop and d.fen > 0
             and d.key = {_key("n.parent_document_no")} and d.line_id <> n.line_id
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
        from said anti join corrected using (line_id)),"""

# Every parent an account names, with the yuan written behind it.
_PARENTS = rf"""
    parts as (
        select line_id, account_id, county_code, hop, document_no, programme, town_code, fen, position,
               regexp_extract(part, '^(.*?)\s*(?:[=＝]\s*([0-9,]+(?:\.[0-9]{{1,2}})?)\s*元?)?$', ['no', 'yuan']) as told
        from (select *, unnest(list_distinct(string_split_regex(parent_document_no, '[、；;\n]+'))) as part,
                     generate_subscripts(list_distinct(string_split_regex(parent_document_no, '[、；;\n]+')), 1) as position
              from owned where parent_document_no is not null)
        where trim(part) <> ''),
    parents as (
        select * exclude (told), {_key("told.no")} as key, {_key("document_no")} as own_key,
               (try_cast(replace(nullif(told.yuan, ''), ',', '') as decimal(18, 2)) * 100)::bigint as named_fen
        from parts),"""

# The lines a named parent may mean; a repayment also means the returns of the payment it names.
_MATCHES = f"""
    reached as (
        select county_code, key, line_id, hop, false as by_payment from said where fen > 0
        union all
        select p.county_code, p.key, p.line_id, '退回', true from parents p
        where p.hop = '退回' and p.line_id = p.account_id and p.fen > 0),
    met as (
        select p.line_id, p.account_id, p.county_code, p.position, p.named_fen, p.fen, s.line_id as from_id,
               s.fen as from_fen, (p.hop, s.hop) in ({_ALLOWED}) as allowed,
               4 * allowed::int + 2 * (s.programme is not distinct from p.programme)::int
                   + (s.town_code = p.town_code)::int as fit
        from parents p
        join reached r on r.county_code = p.county_code and r.key = p.key and (not r.by_payment or p.hop = '重发')
        join said s on s.line_id = r.line_id
        -- other lines of the same document are its equals, not its source
        where s.line_id not in (p.line_id, p.account_id) and not (s.hop = p.hop and s.key = p.own_key)
        qualify fit = max(fit) over (partition by p.line_id, p.account_id, p.position)),
    given as (
        select p.line_id, p.account_id, p.position, p.fen, m.from_id,
               case when m.from_id is not null then null
                    when p.hop = '指标' then null
                    when not exists (from said s where s.county_code = p.county_code and s.key = p.key) then '{NOT_IN_LEDGER}'
                    when p.hop = '重发' then '{NO_RETURN}' else '{WRONG_HOP}' end as gap,
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
        qualify from_id is not null or is_named or count(from_id) over whole = 0),"""

MOVES = f"""
    with {_ACCOUNTS}{_PARENTS}{_MATCHES}
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
        select line_id, account_id, null, case when hop <> '指标' then '{NO_PARENT}' end, fen
        from owned o where not exists (from parents p where p.line_id = o.line_id and p.account_id = o.account_id))
    select o.county_code, o.line_id, o.account_id as to_id, o.hop, o.document_no, o.programme, o.town_code,
           f.line_id as from_id, f.hop as from_hop, f.document_no as from_document_no, f.programme as from_programme,
           f.town_code as from_town_code, f.dated_on as from_on, o.dated_on as moved_on,
           date_trunc('month', o.dated_on)::date as month, sum(s.fen)::bigint as fen, s.gap
    from shared s
    join owned o using (line_id, account_id)
    left join said f on f.line_id = s.from_id
    where s.fen <> 0
    group by all"""

# One row per county, programme, hop and month from the first document on; what opens a month closed the one before.
BALANCES = """
    with sides as (
        select county_code, programme, hop, month, fen as received_fen, 0 as passed_fen,
               case when from_id is null and gap is null then fen else 0 end as above_fen,
               case when gap is not null then fen else 0 end as unexplained_fen
        from fund_moves
        union all
        select county_code, from_programme, from_hop, month, 0, fen, 0, 0 from fund_moves where from_id is not null),
    ends as (select county_code, max(month) as last_month from fund_moves group by all),
    spans as (
        select s.county_code, s.programme, s.hop, unnest(generate_series(min(s.month), any_value(e.last_month), interval 1 month))::date as month
        from sides s join ends e using (county_code) group by s.county_code, s.programme, s.hop),
    summed as (
        select county_code, programme, hop, month, sum(received_fen) as received_fen, sum(passed_fen) as passed_fen,
               sum(above_fen) as above_fen, sum(unexplained_fen) as unexplained_fen
        from sides group by all),
    running as (
        select p.county_code, p.programme, p.hop, p.month, coalesce(received_fen, 0) as received_fen,
               coalesce(passed_fen, 0) as passed_fen, coalesce(above_fen, 0) as above_fen,
               coalesce(unexplained_fen, 0) as unexplained_fen,
               sum(coalesce(received_fen, 0) - coalesce(passed_fen, 0)) over (
                   partition by p.county_code, p.programme, p.hop order by p.month) as closing_fen
        from spans p left join summed s
          on s.county_code = p.county_code and s.programme is not distinct from p.programme
         and s.hop = p.hop and s.month = p.month)
    select county_code, programme, hop, month, (closing_fen - received_fen + passed_fen)::bigint as opening_fen,
           received_fen::bigint as received_fen, passed_fen::bigint as passed_fen, closing_fen::bigint as closing_fen,
           above_fen::bigint as above_fen, unexplained_fen::bigint as unexplained_fen
    from running"""


def derive(connection: duckdb.DuckDBPyConnection, wanted: Collection[str]) -> None:
    """Make the temporary table `fund_moves` where it is wanted, unless the warehouse holds it.

    Args:
        connection: holds `fund_flows`.
        wanted: the tables somebody reads.
    """
    known = {
        row[0] for row in connection.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    }
    known |= {
        row[0] for row in connection.execute("select view_name from duckdb_views() where not internal").fetchall()
    }
    if "fund_moves" in wanted and "fund_moves" not in known:
        connection.execute(f"create or replace temp table fund_moves as {MOVES}")
