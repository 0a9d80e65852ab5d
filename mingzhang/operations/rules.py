"""Rules for whoever writes them: the list, their examples, and a dry run over the lake. Writes nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import duckdb
import yaml

from checks.rules import dry_run, examples
from checks.rules.header import LIBRARY, Rule, RuleError, load_rules
from mingzhang.casework.store import Store
from mingzhang.catalog import words
from mingzhang.catalog.load import catalogue
from mingzhang.storage import publication
from mingzhang.storage.data_folder import DataFolder
from mingzhang.storage.errors import Refusal
from mingzhang.warehouse import catalogue_tables, lake


def rules_list(as_json: bool, markdown: bool) -> str:
    """Return the rules from their headers, as JSON, a Markdown table, or text."""
    rules = load_rules()
    if as_json:
        return json.dumps([asdict(rule) for rule in rules], ensure_ascii=False)
    if markdown:
        return dry_run.as_markdown(rules)
    return "\n".join(f"{rule.id:5} {words.SEVERITIES[rule.severity]}  {rule.title}" for rule in rules)


def chosen_rules(word: str | None) -> list[Rule]:
    """Return the rule an id or file name means; all rules where none is named."""
    rules = load_rules()
    chosen = [rule for rule in rules if word in (None, rule.id, rule.slug)]
    if not chosen:
        raise Refusal(f"没有“{word}”这条规则；请用 mingzhang rules list 查看。")
    return chosen


def rules_test(only: str | None) -> tuple[str, bool]:
    """Run every rule's own examples, or one rule's; return a report and whether all agreed."""
    lines, is_good = [], True
    connection = catalogue_tables.empty(catalogue())
    for rule in chosen_rules(only):
        wanted = yaml.safe_load((LIBRARY / f"{rule.slug}.yml").read_text(encoding="utf-8"))
        try:
            lines.append(f"{rule.id:5} {rule.title}：{examples.run_examples(rule, wanted, connection)} 个例子都对")
        except (examples.ExampleError, RuleError) as error:
            # examples are fictional: here, and only here, DuckDB's own words may be shown
            cause = f"（{error.__cause__}）" if error.__cause__ else ""
            lines.append(f"{rule.id:5} {rule.title}：不对，{error}{cause}")
            is_good = False
    connection.close()
    return "\n".join(lines), is_good


def _decisions(folder: DataFolder) -> dict[str, dict[str, Any]]:
    return {finding: asdict(last) for finding, last in Store.open(folder.casework_url).latest_decisions().items()}


def rules_try(folder: DataFolder, rule: str, months: int) -> dict[str, Any]:
    """Run one rule over the lake without writing anything."""
    chosen = chosen_rules(rule)
    current = publication.current(folder.staff_snapshots)
    if current is None:
        raise Refusal("还没有内部快照；请先运行 mingzhang run。")
    decisions = _decisions(folder)
    with duckdb.connect() as connection:
        lake.attach(connection, folder, catalogue(), current)
        return dry_run.dry_run(connection, chosen[0], months, decisions)


def try_as_text(result: dict[str, Any]) -> str:
    """Return the dry run in a few lines."""
    decided = "、".join(f"{words.OUTCOMES[outcome]} {number}" for outcome, number in result["decided"].items()) or "无"
    return "\n".join(
        [
            f"规则 {result['rule']} 第 {result['version']} 版，与第 {result['compared_with'] or '—'} 版比较，最近 {result['months']} 个月",
            f"核对 {result['checked']}，提示 {result['flagged']}，不适用 {result['not_applicable']}",
            f"涉及金额 {result['amount_fen'] / 100:,.2f} 元",
            f"新增 {result['new']}，仍在 {result['same']}，消失 {result['gone']}",
            f"已有结论：{decided}；会丢掉的已查实疑点：{result['lost_confirmed']}",
            *(f"  {county}：{number} 条" for county, number in result["counties"].items()),
        ]
    )
