"""Reads findings and rules for the command line from the staff snapshot. Writes nothing."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import yaml

from assets import findings as finding_assets
from assets import programmes, publishing, snapshots
from assets.catalog import catalogue
from assets.errors import Refusal
from assets.folder import DataFolder
from assets.intake.declared import from_options
from casework.store import Store
from checks import engines, rule_bench, rule_examples
from dashboards.shared import words
from pipelines import clock

EXAMPLES = Path(__file__).resolve().parent.parent / "tests" / "checks" / "rules"


def snapshot(folder: DataFolder) -> duckdb.DuckDBPyConnection:
    """Open the current staff snapshot read-only.

    Raises:
        Refusal: nothing has been run yet.
    """
    publication = publishing.current(folder.staff_snapshots)
    if publication is None:
        raise Refusal("还没有内部快照；请先用 mingzhang load 装入文件，再运行 mingzhang run。")
    return duckdb.connect(str(publication.path / "findings.duckdb"), read_only=True)


def findings(folder: DataFolder, county: str | None, rule: str | None, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the findings of the current snapshot with what people decided of them.

    Raises:
        Refusal: the rule is none of ours; an empty answer would read as nothing found.
        DeclaredError: the county is neither a code nor a county's name.
    """
    rule = _chosen(rule)[0].id if rule else None
    county = from_options(catalogue(), county=county).county
    with snapshot(folder) as connection:
        decisions = Store.open(folder.casework_url).latest_decisions()
        rows = finding_assets.as_json(connection, decisions, clock.today(now))
    return [row for row in rows if (not county or row["county_code"] == county) and (not rule or row["rule"] == rule)]


def _decisions(folder: DataFolder) -> dict[str, dict[str, Any]]:
    return {finding: asdict(last) for finding, last in Store.open(folder.casework_url).latest_decisions().items()}


def findings_as_text(rows: list[dict[str, Any]]) -> str:
    """Return one line per rule and status."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows:
        number, money = counts.get((row["rule"], row["status"]), (0, 0))
        counts[row["rule"], row["status"]] = (number + 1, money + (row["amount_fen"] or 0))
    lines = [
        f"{rule:5} {words.STATUSES[status]} {number:6} 条  {money / 100:14,.2f} 元"
        for (rule, status), (number, money) in sorted(counts.items())
    ]
    return "\n".join(lines) or "没有疑点。"


def rules_list(as_json: bool, markdown: bool) -> str:
    """Return the rules from their headers, as JSON, a Markdown table, or text."""
    rules = engines.load_rules()
    if as_json:
        return json.dumps([asdict(rule) for rule in rules], ensure_ascii=False)
    if markdown:
        return rule_bench.as_markdown(rules)
    return "\n".join(f"{rule.id:5} {words.SEVERITIES[rule.severity]}  {rule.title}" for rule in rules)


def _chosen(word: str | None) -> list[engines.Rule]:
    """Return the rule an id or file name means; all rules where none is named."""
    rules = engines.load_rules()
    chosen = [rule for rule in rules if word in (None, rule.id, rule.slug)]
    if not chosen:
        raise Refusal(f"没有“{word}”这条规则；请用 mingzhang rules list 查看。")
    return chosen


def rules_test(only: str | None) -> tuple[str, bool]:
    """Run every rule's own examples, or one rule's; return a report and whether all agreed.

    Raises:
        Refusal: this installation has no examples; they stand with the tests of a checkout.
    """
    if not EXAMPLES.exists():
        raise Refusal("这里没有规则的例子；请在源代码目录中运行。")
    lines, is_good = [], True
    connection = programmes.empty(catalogue())
    for rule in _chosen(only):
        wanted = yaml.safe_load((EXAMPLES / f"{rule.slug}.yml").read_text(encoding="utf-8"))
        try:
            lines.append(f"{rule.id:5} {rule.title}：{rule_examples.run_examples(rule, wanted, connection)} 个例子都对")
        except rule_examples.ExampleError as error:
            lines.append(f"{rule.id:5} {rule.title}：不对，{error}")
            is_good = False
    connection.close()
    return "\n".join(lines), is_good


def rules_try(folder: DataFolder, rule: str, months: int) -> dict[str, Any]:
    """Run one rule over the lake without writing anything."""
    chosen = _chosen(rule)
    publication = publishing.current(folder.staff_snapshots)
    if publication is None:
        raise Refusal("还没有内部快照；请先运行 mingzhang run。")
    decisions = _decisions(folder)
    with duckdb.connect() as connection:
        snapshots.attach_lake(connection, folder, catalogue(), publication)
        return rule_bench.dry_run(connection, chosen[0], months, decisions)


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
