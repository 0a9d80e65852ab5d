"""Runs rules: three outcomes, ids and hashes for every flag. Where a finding's place and cells come from is in assets."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from checks.rule_header import RULES, Default, Rule, RuleError, load_rules, parse_rule
from checks.rule_views import limit, prepare, programmes_of, registers_of

__all__ = [
    "RULES",
    "Default",
    "Rule",
    "RuleError",
    "RuleResult",
    "RunCount",
    "load_rules",
    "parse_rule",
    "prepare",
    "run_rule",
]

# Columns of a rule's answer that are not facts of the finding.
NOT_FACTS = {
    *("period_from", "period_to", "payment_ids", "record_ids", "amount_fen", "severity", "kind"),
    *(
        "county_code",
        "village_code",
        "programme",
        "recipient_id",
        "person_id",
        "recipient_name",
        "subject",
        "home",
        "item",
    ),
}
MUST_RETURN = ("period_from", "period_to", "payment_ids", "record_ids", "amount_fen")
REQUIRED_WORDS = {
    "recipient_id": "享受人身份未能识别",
    "head_id": "没有户主",
    "payee_id": "没有收款人身份",
    "account_id": "没有银行账号",
    "village_code": "没有村（居）",
    "paid_on": "没有发放日期",
    "standard_fen": "没有补贴标准",
    "quantity": "没有数量",
    "plot_code": "没有地块编码",
    "item_serial": "没有机具编号",
}
KIND_WORDS = {"fund_flow": "资金流转单据", "notice": "公示记录", "bank_reply": "银行回盘"}


@dataclass(frozen=True)
class RunCount:
    """One outcome of a rule in one county.

    Attributes:
        month: the newest month of the population it speaks of.
        outcome: `flagged`, `clean` or `not_applicable`, the last with a reason.
    """

    county_code: str
    month: object
    outcome: str
    reason: str | None
    checked: int
    flagged: int
    not_applicable: int


@dataclass(frozen=True)
class RuleResult:
    """What a rule answered; its flags stand in the connection's temporary table `table`."""

    rule: Rule
    table: str
    counts: tuple[RunCount, ...] = field(default=())
    flagged: int = 0
    amount_fen: int = 0

    @property
    def checked(self) -> int:
        """Rows of the population that were looked at."""
        return sum(count.checked for count in self.counts)

    @property
    def not_applicable(self) -> int:
        """Rows of the population that could not be judged."""
        return sum(count.not_applicable for count in self.counts)


def run_rule(connection: duckdb.DuckDBPyConnection, rule: Rule) -> RuleResult:
    """Run one rule after `prepare`.

    Returns:
        The counts; the flags are the temporary table `flags_<slug>`: finding_id, rule, rule_version, kind, severity,
        county_code, village_code, programme, person_id, period_from, period_to, payment_ids, record_ids, amount_fen,
        facts (JSON), evidence_hash.

    Raises:
        RuleError: the rule's SQL fails, lacks a column its header promises, or flags one grain twice.
    """
    table = f"flags_{rule.slug}"
    try:
        query = limit(connection, rule)
        columns = [row[0] for row in connection.execute(f"describe {query}").fetchall()]
        _check_columns(rule, columns)
        connection.execute(f"create or replace temp table {table} as {_with_ids(rule, query, columns)}")
    except duckdb.Error as error:
        # DuckDB's message may quote a value of the data; its type says enough for the log.
        raise RuleError(f"{rule.slug}.sql: {type(error).__name__}") from error
    total = connection.execute(
        f"select count(*), count(distinct finding_id), coalesce(sum(amount_fen), 0)::bigint from {table}"
    ).fetchone()
    flagged, distinct, amount_fen = total or (0, 0, 0)
    if flagged != distinct:
        raise RuleError(f"{rule.slug}.sql: flags {flagged - distinct} grain values twice")
    counts = _counts(connection, rule, table)
    return RuleResult(rule, table, counts, flagged, amount_fen)


def _check_columns(rule: Rule, columns: list[str]) -> None:
    missing = [name for name in (*MUST_RETURN, *rule.grain, *rule.rests_on) if name not in columns]
    if missing:
        raise RuleError(f"{rule.slug}.sql: the SELECT lacks {', '.join(missing)}")


def _text(column: str) -> str:
    return f"coalesce(cast({column} as varchar), '')"


def _hashed(parts: list[str]) -> str:
    return f"substr(sha256(concat_ws(chr(31), {', '.join(parts)})), 1, 16)"


def _with_ids(rule: Rule, query: str, columns: list[str]) -> str:
    facts = [name for name in columns if name not in NOT_FACTS]
    person = next((name for name in ("recipient_id", "person_id") if name in columns), "null::uuid")

    def own(name: str, otherwise: str) -> str:
        return f"coalesce({name}, {otherwise})" if name in columns else otherwise

    return f"""
        with flags as ({query})
        select {_hashed([f"'{rule.id}'", *(_text(name) for name in rule.grain)])} as finding_id,
               '{rule.id}' as rule, {rule.version} as rule_version,
               {own("kind", f"'{rule.kind}'")} as kind, {own("severity", f"'{rule.severity}'")} as severity,
               {own("county_code", "null::varchar")} as county_code, {own("village_code", "null::varchar")} as village_code,
               {own("programme", "null::varchar")} as programme, {person} as person_id,
               period_from, period_to, list_sort(list_distinct(payment_ids)) as payment_ids,
               list_sort(list_distinct(record_ids)) as record_ids, amount_fen::bigint as amount_fen,
               to_json(struct_pack({", ".join(f"{name} := {name}" for name in facts) or "none := null"}))::varchar as facts,
               {_hashed([f"'{name}=' || {_text(name)}" for name in sorted(rule.rests_on)] or ["''"])} as evidence_hash
        from flags"""


def _counts(connection: duckdb.DuckDBPyConnection, rule: Rule, table: str) -> tuple[RunCount, ...]:
    """Count the population per county as checked or not applicable, with the reason."""
    cover = [
        f"when not exists (from register_coverage v where v.register = '{name}' and v.county_code = p.county_code"
        f" and v.month = p.month) then 'need:{name}'"
        for name in rule.needs
    ]
    filled = [f"when p.no_{name} then 'column:{name}'" for name in rule.requires]
    case = f"case {' '.join(cover + filled)} end" if cover or filled else "null"
    rows = connection.execute(
        f"""with p as ({_population(connection, rule)}),
            judged as (select county_code, month, rows, {case} as reason from p),
            flagged as (select county_code, count(*) as flagged from ({_flag_counties(table)}) group by 1)
            select j.county_code, max(j.month), j.reason, sum(j.rows)::bigint, coalesce(max(f.flagged), 0), min(j.month)
            from judged j left join flagged f using (county_code)
            where j.county_code is not null group by all order by all"""
    ).fetchall()
    return tuple(_count(connection, row) for row in rows)


def _population(connection: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    where = ["true"]
    if (slugs := programmes_of(connection, rule)) is not None:
        where.append("programme in ({})".format(", ".join(f"'{slug}'" for slug in slugs) or "''"))
    if rule.population in ("payments", "payment_months"):
        where.append(f"population = '{rule.population}'")
        return f"select * from population_counts where {' and '.join(where)}"
    source = f"register_{rule.population}" if rule.population in registers_of(connection) else rule.population
    if source != "batches":
        where.append("status = 'accepted'")
    # a county that pays but tells nothing of this kind is not clean: its paying months are what could not be looked at
    return f"""
        select county_code, month, count(*) as rows from {source} where {" and ".join(where)} group by all
        union all
        select distinct county_code, month, 1 from population_counts c
        where not exists (from {source} s where s.county_code = c.county_code)"""


def _flag_counties(table: str) -> str:
    """Return the county of every flag: its own, or that of its first payment."""
    return f"""
        select county_code from {table} where county_code is not null
        union all
        select p.county_code from {table} f join payments p on p.payment_id = f.payment_ids[1] where f.county_code is null"""


def _count(connection: duckdb.DuckDBPyConnection, row: tuple[object, ...]) -> RunCount:
    county, month, reason, rows, flagged, first = row
    number = int(str(rows))
    if reason is None:
        return RunCount(str(county), month, "flagged" if flagged else "clean", None, number, int(str(flagged)), 0)
    what, name = str(reason).split(":")
    text = REQUIRED_WORDS[name] if what == "column" else _gap(connection, name, str(county), first)
    return RunCount(str(county), month, "not_applicable", text, 0, 0, number)


def _gap(connection: duckdb.DuckDBPyConnection, register: str, county: str, first: object) -> str:
    """Return in words why a register does not cover a county's months."""
    shape = registers_of(connection).get(register)
    title = shape.title if shape else KIND_WORDS[register]
    last, source = "month", "register_versions" if shape else "register_coverage"
    if shape and shape.versions == "latest":
        last = f"date_trunc('month', as_of)::date + to_months({shape.stale_after_months})"
    row = connection.execute(
        f"select max({last})::date from {source} where register = ? and county_code = ?", [register, county]
    ).fetchone()
    if row is None or row[0] is None:
        told = connection.execute(
            "select count(*) from deliveries where kind = ? and county_code = ?", [register, county]
        ).fetchone()
        return f"{title}：来过文件，但没有可用的记录" if told and told[0] else f"没有{title}数据"
    if str(first) > str(row[0]):
        return f"{title}数据只能用到{row[0]:%Y年%m月}"
    return f"{title}数据缺少部分月份"
