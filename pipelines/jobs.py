"""The two jobs: from received files to the staff snapshot, and from certified batches to the public release."""

import dagster as dg

from assets.pipeline import key
from mingzhang import steps


def _assets(of: tuple[steps.Step, ...]) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(key(output) for step in of for output in step.outputs))


PIPELINE = dg.define_asset_job(
    "pipeline", selection=_assets(steps.pipeline()), description="装入收到的文件，认人，核对规则，生成内部快照"
)
RELEASE = dg.define_asset_job(
    "release", selection=_assets(steps.releasing()), description="撤下到期公示，公开复核过的批次，写质量报告"
)
