"""The Dagster assets, made from `mingzhang.steps`: one for each output of each step. What is computed is in the steps."""

from collections.abc import Iterator

import dagster as dg

from mingzhang import steps
from pipelines.resources import CaseworkResource, ClockResource, WarehouseResource

PREFIXED = {"files", "registers", "rules"}  # groups of many: their name stands before each key
KINDS = {"rules": {"sql"}, "publications": {"duckdb", "parquet"}}
RULE_RAN = "ran"


def key(output: steps.Output) -> dg.AssetKey:
    """Return the asset key of an output."""
    return dg.AssetKey([output.group, output.name] if output.group in PREFIXED else output.name)


def keys() -> dict[str, dg.AssetKey]:
    """Return the asset key of every output by its name."""
    return {output.name: key(output) for step in steps.every_step() for output in step.outputs}


def _spec(output: steps.Output, by_name: dict[str, dg.AssetKey]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key(output),
        deps=[by_name[name] for name in output.reads],
        group_name=output.group,
        kinds=KINDS.get(output.group, {"duckdb"}),
        description=output.title,
        owners=[f"team:{output.owner}"] if output.owner else None,
        code_version=output.version,
        skippable=output.group == "rules",
    )


def asset(step: steps.Step) -> dg.AssetsDefinition:
    """Return the assets of a step: a rule that fails is noted by its own check and stops nothing else."""
    by_name = keys()
    names = {by_name[output.name]: output.name for output in step.outputs}
    ran = [
        dg.AssetCheckSpec(RULE_RAN, asset=one, description="规则运行没有出错") for one in names if step.name == "rules"
    ]

    @dg.multi_asset(
        specs=[_spec(output, by_name) for output in step.outputs],
        check_specs=ran,
        name=f"{step.name}_step",
        can_subset=step.may_be_partial,
        pool="warehouse",
    )
    def perform(
        context: dg.AssetExecutionContext,
        warehouse: WarehouseResource,
        casework: CaseworkResource,
        clock: ClockResource,
    ) -> Iterator[dg.MaterializeResult[None]]:
        run = warehouse.run(casework, clock)
        chosen = [names[one] for one in context.selected_asset_keys]
        for made in step.perform(run, chosen):
            yield _result(by_name[made.name], made, bool(ran))

    return perform


def _result(one: dg.AssetKey, made: steps.Made, is_rule: bool) -> dg.MaterializeResult[None]:
    ran = dg.AssetCheckResult(asset_key=one, check_name=RULE_RAN, passed=made.failure is None, description=made.failure)
    return dg.MaterializeResult(asset_key=one, metadata=dict(made.facts), check_results=[ran] if is_rule else None)


def assets() -> list[dg.AssetsDefinition]:
    """Return all assets, in the order of the steps."""
    return [asset(step) for step in steps.every_step()]
