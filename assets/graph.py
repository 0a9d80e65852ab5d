"""The Dagster assets: read, call, write. What is computed is in the rooms they call; when, in `pipelines/`."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from checks import register_quality
from checks.rules.header import load_rules
from checks.rules.prepare import prepare_rules
from checks.rules.run import run_rule
from mingzhang import steps
from mingzhang.catalog.load import catalogue
from mingzhang.intake.receive import inbox
from mingzhang.publishing import staff_snapshot as snapshots
from mingzhang.storage.clock import beijing_day
from mingzhang.warehouse import (
    catalogue_tables,
    findings,
    people,
    reconciliation,
    record_links,
)
from mingzhang.warehouse import (
    fund_moves as funds,
)
from mingzhang.warehouse import (
    register_scorecard as scorecard,
)

RULES = load_rules()
SCORES = {
    "registers_are_filled": "各部门数据填写完整率不低于七成",
    "registers_name_people": "各部门数据的无效证号不超过百分之一",
    "registers_stay_alike": "各部门数据与上一版至少一半重合",
    "officials_have_kin": "在任干部和经办人员都有近亲属记录",
}
NAMED = 5  # of the deliveries whose sums do not hold
TABLES = ("payments", "registers", "bank_lines", "fund_flows", "notices", "places")


def rule_key(slug: str) -> dg.AssetKey:
    """Return the asset key of a rule."""
    return dg.AssetKey(["rules", slug])


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def build(partitions: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    """Return the assets; `partitions` are the months of deliveries."""

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(name, group_name="intake", kinds={"duckdb"}, partitions_def=partitions, description=text)
            for name, text in (
                ("payments", "发放记录：名册、低保、救助表的明细行"),
                ("registers", "部门数据：各部门名册的最新版本和历史版本"),
                ("bank_lines", "银行报盘与回盘"),
                ("fund_flows", "资金流转单据"),
                ("notices", "公示记录"),
                ("places", "乡镇和村"),
            )
        ],
        name="intake",
        pool="warehouse",
    )
    def intake(context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Any]) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        with workshop.writer() as connection:
            for item in inbox.scan(workshop.folder, workshop.catalogue):
                inbox.take(workshop.folder, item, workshop.now())
            outcomes = steps.read_deliveries(connection, workshop.folder, workshop.catalogue, workshop.store)
            context.log.info("%d deliveries read", len(outcomes))
            for table in TABLES:
                rows = _rows(connection, workshop.catalogue, table)
                yield dg.MaterializeResult(asset_key=table, metadata={"dagster/row_count": rows})

    @dg.asset(deps=["registers", "payments"], group_name="people", kinds={"duckdb"}, pool="warehouse", name="people")
    def people_asset(workshop: dg.ResourceParam[Any]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        """Who is who and who lives with whom."""
        with workshop.writer() as connection:
            people.refresh_households(connection)
            record_links.build(connection, workshop.folder, workshop.catalogue, workshop.store.pair_words())
            rows = _count(connection, "select count(*) from household_members")
            linked = _count(connection, "select count(*) from links")
        return dg.MaterializeResult(metadata={"dagster/row_count": rows, "links": linked})

    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                rule_key(rule.slug),
                deps=["people", "fund_moves", *TABLES],
                group_name="rules",
                kinds={"sql"},
                skippable=True,
                code_version=str(rule.version),
                description=f"{rule.id} {rule.title}：{rule.why}",
            )
            for rule in RULES
        ],
        name="rules",
        can_subset=True,
        pool="warehouse",
    )
    def rules(context: dg.AssetExecutionContext, workshop: dg.ResourceParam[Any]) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        with workshop.writer() as connection:
            chosen = [rule for rule in RULES if rule_key(rule.slug) in context.selected_asset_keys]
            catalogue_tables.write(connection, workshop.catalogue)
            prepare_rules(connection, RULES)
            findings.forget_removed(connection, RULES)
            results = [run_rule(connection, rule) for rule in chosen]
            # one join gives all rules their places
            findings.write(connection, results)
            for result in results:
                yield dg.MaterializeResult(
                    asset_key=rule_key(result.rule.slug),
                    metadata={
                        "checked": result.checked,
                        "flagged": result.flagged,
                        "not_applicable": result.not_applicable,
                        "amount_fen": result.amount_fen,
                    },
                )

    @dg.asset(
        deps=[rule_key(rule.slug) for rule in RULES],
        group_name="publish",
        kinds={"duckdb", "parquet"},
        pool="warehouse",
    )
    def staff_snapshot(workshop: dg.ResourceParam[Any]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        """What bureaus and auditors see."""
        with workshop.writer() as connection:
            publication = snapshots.make(
                connection,
                workshop.folder,
                workshop.catalogue,
                workshop.store,
                workshop.now(),
                steps.inputs(workshop.folder, workshop.catalogue, workshop.store),
            )
            rows = _count(connection, "select count(*) from findings")
        return dg.MaterializeResult(
            metadata={"number": publication.number, "name": publication.name, "dagster/row_count": rows}
        )

    return [intake, people_asset, _chain(), rules, staff_snapshot]


def _chain() -> dg.AssetsDefinition:
    @dg.asset(deps=["fund_flows"], group_name="funds", kinds={"duckdb"}, pool="warehouse")
    def fund_moves(workshop: dg.ResourceParam[Any]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        """The money chain: which document's money came from which."""
        with workshop.writer() as connection:
            funds.refresh(connection)
            rows = _count(connection, "select count(*) from fund_moves")
            unexplained = _count(connection, "select count(*) from fund_moves where gap is not null")
        return dg.MaterializeResult(metadata={"dagster/row_count": rows, "without_source": unexplained})

    return fund_moves


def _rows(connection: duckdb.DuckDBPyConnection, known: Any, table: str) -> int:
    if table == "registers":
        return sum(_count(connection, f"select count(*) from register_{slug}") for slug in known.registers)
    return _count(connection, f"select count(*) from {table}")


def build_checks() -> list[dg.AssetChecksDefinition]:
    """Return the asset checks: sums that must hold (ERROR), and the registers' freshness and scorecard, which only warn.

    A failing blocking check would skip every rule at once, so a stale register is a WARN and the engine itself reports
    the rules that need it as not applicable.
    """

    @dg.asset_check(asset="payments", blocking=True, description="每个批次的行数和金额（分）在各处一致")
    def money_adds_up(context: dg.AssetCheckExecutionContext, workshop: dg.ResourceParam[Any]) -> dg.AssetCheckResult:
        with workshop.writer() as connection:
            found = reconciliation.check_warehouse(connection)
        for difference in found[:NAMED]:
            context.log.error(str(difference))  # the run stops here: whoever reads the console must see where
        said = "；".join(str(difference) for difference in found[:NAMED])
        return dg.AssetCheckResult(passed=not found, description=said, metadata={"differences": len(found)})

    @dg.multi_asset_check(
        specs=[
            dg.AssetCheckSpec(
                f"{slug}_is_fresh",
                asset="registers",
                description=f"{register.title}在 {register.stale_after_months} 个月之内",
            )
            for slug, register in catalogue().registers.items()
        ],
        name="register_freshness",
    )
    def register_freshness(workshop: dg.ResourceParam[Any]) -> Iterator[dg.AssetCheckResult]:
        today = beijing_day(workshop.now())
        with workshop.writer() as connection:
            for slug, register in workshop.catalogue.registers.items():
                counties, stale = register_quality.register_ages(connection, slug, today, register.stale_after_months)
                yield dg.AssetCheckResult(
                    asset_key="registers",
                    check_name=f"{slug}_is_fresh",
                    passed=counties > 0 and not stale,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"counties": counties, "stale_counties": stale},
                )

    @dg.multi_asset_check(
        specs=[dg.AssetCheckSpec(name, asset="registers", description=words) for name, words in SCORES.items()],
        name="register_scorecard",
    )
    def register_scorecard(workshop: dg.ResourceParam[Any]) -> Iterator[dg.AssetCheckResult]:
        with workshop.writer() as connection:
            scorecard.write(connection, workshop.catalogue)
            found = register_quality.register_doubts(connection)
        for name in SCORES:
            yield dg.AssetCheckResult(
                asset_key="registers",
                check_name=name,
                passed=not found[name],
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"registers": dg.MetadataValue.text("、".join(found[name]))},
            )

    return [money_adds_up, register_freshness, register_scorecard]
