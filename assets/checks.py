"""The asset checks: money that must add up, registers that should be fresh and full. What is asked is in the rooms called."""

from collections.abc import Iterator

import dagster as dg

from assets.pipeline import keys
from checks import expectations, register_quality
from mingzhang.catalog.load import catalogue
from mingzhang.steps import PAYMENT_FILES
from mingzhang.storage.clock import beijing_day
from mingzhang.warehouse import reconciliation, register_scorecard
from pipelines.resources import CaseworkResource, ClockResource, WarehouseResource

NAMED = 5  # of the deliveries whose sums do not hold


@dg.asset_check(
    asset=keys()[PAYMENT_FILES[0]],
    additional_deps=[keys()[name] for name in PAYMENT_FILES[1:]],
    blocking=True,
    description="每个批次的行数和金额（分）在各处一致",
)
def money_adds_up(
    context: dg.AssetCheckExecutionContext,
    warehouse: WarehouseResource,
    casework: CaseworkResource,
    clock: ClockResource,
) -> dg.AssetCheckResult:
    """Stop the run where the ledger, its lines and the payments do not agree to the fen."""
    found = reconciliation.check_warehouse(warehouse.run(casework, clock).connection)
    for difference in found[:NAMED]:
        context.log.error(str(difference))  # the run stops here: whoever reads the console must see where
    named = "；".join(str(difference) for difference in found[:NAMED])
    return dg.AssetCheckResult(passed=not found, description=named, metadata={"differences": len(found)})


@dg.multi_asset_check(
    name="register_checks",
    specs=[
        dg.AssetCheckSpec(name, asset=keys()[slug], description=description)
        for slug, register in catalogue().registers.items()
        for name, description in register_quality.descriptions(slug, register.stale_after_months).items()
    ],
)
def register_checks(
    warehouse: WarehouseResource, casework: CaseworkResource, clock: ClockResource
) -> Iterator[dg.AssetCheckResult]:
    """Warn of registers that are stale or thin; rules that need them say "not applicable" themselves."""
    run = warehouse.run(casework, clock)
    register_scorecard.write(run.connection, run.catalogue)
    for slug, register in run.catalogue.registers.items():
        answers = register_quality.answers(run.connection, slug, beijing_day(run.now), register.stale_after_months)
        for name, (is_met, counties) in answers.items():
            yield dg.AssetCheckResult(
                asset_key=keys()[slug],
                check_name=name,
                passed=is_met,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"counties": "、".join(counties)},
            )


@dg.asset_check(asset=keys()["release_draft"], blocking=True, description="公开闸门：草稿里没有不能公开的内容")
def publish_gate(
    context: dg.AssetCheckExecutionContext,
    warehouse: WarehouseResource,
    casework: CaseworkResource,
    clock: ClockResource,
) -> dg.AssetCheckResult:
    """Stop a release in which the gate found something; what it found is named by file, field and check, never by value."""
    hits = warehouse.run(casework, clock).search_draft()
    for hit in hits[:NAMED]:
        context.log.error("%s %s: %s, %d places", hit.file, hit.field, hit.check, hit.count)
    return dg.AssetCheckResult(passed=not hits, metadata={"hits": len(hits)})


@dg.multi_asset_check(
    name="release_expectations",
    specs=[
        dg.AssetCheckSpec(name, asset=keys()["release_draft"], description=f"{table}：{sentence}")
        for name, (table, sentence) in expectations.check_names(sorted(catalogue().programmes)).items()
    ],
)
def release_expectations(
    warehouse: WarehouseResource, casework: CaseworkResource, clock: ClockResource
) -> Iterator[dg.AssetCheckResult]:
    """Warn where the draft is not what is expected of it (Great Expectations), before anything is public."""
    run = warehouse.run(casework, clock)
    answers = run.expectations()
    for name, asked in expectations.check_names(sorted(run.catalogue.programmes)).items():
        months = [answer for answer in answers if (answer.table, answer.sentence) == asked]
        failed = [answer.month for answer in months if not answer.held]
        yield dg.AssetCheckResult(
            asset_key=keys()["release_draft"],
            check_name=name,
            passed=not failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"months": len(months), "failed_months": "、".join(failed)},
        )


def checks() -> list[dg.AssetChecksDefinition]:
    """Return all asset checks.

    A failing blocking check would skip every rule at once, so a stale register is a warning, and the rules that need it
    answer "not applicable".
    """
    return [money_adds_up, register_checks, publish_gate, release_expectations]
