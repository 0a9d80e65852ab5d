"""What wakes a run: the inbox, and decisions on how files are read. A tick writes nothing."""

import datetime as dt
import hashlib
from collections.abc import Iterator

import dagster as dg

from mingzhang.operations import runs
from pipelines.jobs import PIPELINE
from pipelines.resources import ClockResource, DataFolderResource

RETRY_AFTER = dt.timedelta(minutes=5)


def _is_running(context: dg.SensorEvaluationContext) -> bool:
    unfinished = [
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    ]
    return bool(context.instance.get_runs(dg.RunsFilter(job_name=PIPELINE.name, statuses=unfinished), limit=1))


@dg.sensor(job=PIPELINE, minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING)
def inbox_sensor(
    context: dg.SensorEvaluationContext, data: DataFolderResource, clock: ClockResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Wake the pipeline when the inbox, casework, the catalogue or the day moved past the staff snapshot.

    It only wakes: what is loaded, and that nothing is loaded twice, is the ledger's business. So no run_key, which would
    drop runs for ever if a cursor slipped back. The cursor keeps what was tried and when, so that a failing delivery does
    not start a run every few seconds.
    """
    now = clock.now()
    if runs.is_current(data.folder, now):
        yield dg.SkipReason("没有新的文件，也没有新的决定。")
        return
    if _is_running(context):
        yield dg.SkipReason("上一次运行还没有结束。")
        return
    state = hashlib.sha256(repr(runs.wanted(data.folder, now)).encode()).hexdigest()
    tried, _, at = (context.cursor or "").rpartition("@")
    if tried == state and now - dt.datetime.fromisoformat(at) < RETRY_AFTER:
        yield dg.SkipReason("同样的内容刚刚运行过；五分钟后再试。")
        return
    context.update_cursor(f"{state}@{now.isoformat()}")
    yield dg.RunRequest()
