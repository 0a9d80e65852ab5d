"""The face of the rules: load, prepare, run, try out. The parts stand in the `rule_*` modules beside this one."""

from __future__ import annotations

from checks.rule_base import prepare
from checks.rule_bench import as_markdown, dry_run
from checks.rule_counts import RunCount
from checks.rule_header import RULES, Default, Rule, RuleError, load_rules, parse_rule
from checks.rule_run import RuleResult, run_rule

__all__ = [
    "RULES",
    "Default",
    "Rule",
    "RuleError",
    "RuleResult",
    "RunCount",
    "as_markdown",
    "dry_run",
    "load_rules",
    "parse_rule",
    "prepare",
    "run_rule",
]
