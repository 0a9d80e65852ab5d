"""Dagster's own home under the data folder: in process for commands, a daemon beside the apps. No data logic here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

# Monitoring is off by default, and without it no run has a time limit; retries are safe because of the ledger.
DAGSTER_YAML = """\
telemetry: {enabled: false}
nux: {enabled: false}
concurrency: {pools: {default_limit: 1}}
run_monitoring: {enabled: true, poll_interval_seconds: 60, max_resume_run_attempts: 0, max_runtime_seconds: 7200}
run_retries: {enabled: true, max_retries: 2, retry_on_asset_or_op_failure: false}
"""

# Every step is in Dagster's event log; a person's terminal shows only what went wrong.
QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}


def prepare_home(root: Path) -> dict[str, str]:
    """Write `dagster/dagster.yaml` and return the environment a Dagster process needs."""
    home = root / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    if not configuration.exists() or configuration.read_text(encoding="utf-8") != DAGSTER_YAML:
        configuration.write_text(DAGSTER_YAML, encoding="utf-8")
    return {"DAGSTER_HOME": str(home), "MINGZHANG_DATA": str(root), "DAGSTER_DISABLE_TELEMETRY": "1"}


def run_pipeline(root: Path) -> bool:
    """Run the whole pipeline once in this process, recorded in the data folder's Dagster home.

    Returns:
        Whether every step succeeded.
    """
    os.environ.update(prepare_home(root))
    import dagster as dg  # two seconds to import: only commands that run it pay

    from pipelines.definitions import build_defs
    from pipelines.jobs import PIPELINE

    with dg.DagsterInstance.get() as instance:
        job = build_defs(str(root)).resolve_job_def(PIPELINE.name)
        result = job.execute_in_process(run_config=QUIET, instance=instance, raise_on_error=False)
    return result.success
