"""When runs start by themselves: the inbox sensor and the daily schedules. No data logic here."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import dagster as dg

from mingzhang import steps
from mingzhang.intake.receive import inbox
from mingzhang.publishing import quality_report, staff_snapshot
from mingzhang.publishing.release import publish
from mingzhang.storage import publication
from mingzhang.storage.clock import beijing_time
from pipelines.partitions import month_key
from pipelines.resources import Workshop

RETRY_AFTER = dt.timedelta(minutes=5)

pipeline_job = dg.define_asset_job("pipeline", selection=dg.AssetSelection.all())


@dg.op
def expire_notices(workshop: Workshop) -> None:
    """Delete notices whose end has passed."""
    publish.expire(workshop.folder, workshop.store, workshop.now())


@dg.op(ins={"after": dg.In(dg.Nothing)})
def publish_release(workshop: Workshop) -> None:
    """Publish what is certified; the same content again changes nothing."""
    if not workshop.store.certified_batches():
        return
    with workshop.writer() as connection:
        publish.publish(connection, workshop.folder, workshop.catalogue, workshop.store, workshop.now())


@dg.op(ins={"after": dg.In(dg.Nothing)})
def write_quality_report(workshop: Workshop) -> None:
    """Say how the release looks against what is expected of it."""
    if publication.current(workshop.folder.releases):
        quality_report.write(workshop.folder, workshop.catalogue, workshop.now())


@dg.job
def daily() -> None:
    """Take ended notices down, publish what has been certified, and report on it."""
    write_quality_report(publish_release(expire_notices()))


daily_schedule = dg.ScheduleDefinition(
    job=daily,
    cron_schedule="10 0 * * *",  # just after midnight: a notice ends with its day
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


def _is_running(context: dg.SensorEvaluationContext) -> bool:
    unfinished = [
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    ]
    return bool(context.instance.get_runs(dg.RunsFilter(job_name="pipeline", statuses=unfinished), limit=1))


@dg.sensor(job=pipeline_job, minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING)
def inbox_sensor(context: dg.SensorEvaluationContext, workshop: Workshop) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Wake the pipeline when the inbox, casework or the catalogue moved past the staff snapshot.

    It only wakes: what is loaded, and that nothing is loaded twice, is the ledger's business. So no run_key, which would
    drop runs for ever if a cursor slipped back. The cursor keeps what was tried and when, so that a failing delivery does
    not start a run every few seconds.
    """
    wanted = steps.inputs(workshop.folder, workshop.catalogue, workshop.store)
    names = ",".join(sorted(str(entry.path) for entry in inbox.scan(workshop.folder, workshop.catalogue)))
    if not names and staff_snapshot.is_current(workshop.folder, wanted):
        yield dg.SkipReason("没有新的文件，也没有新的决定。")
        return
    if _is_running(context):
        yield dg.SkipReason("上一次运行还没有结束。")
        return
    now = workshop.now()
    state = f"{wanted}|{hashlib.sha256(names.encode()).hexdigest()[:16]}"
    tried, _, at = (context.cursor or "").rpartition("@")
    if tried == state and now - dt.datetime.fromisoformat(at) < RETRY_AFTER:
        yield dg.SkipReason("同样的内容刚刚运行过；五分钟后再试。")
        return
    context.update_cursor(f"{state}@{now.isoformat()}")
    yield dg.RunRequest(partition_key=month_key(f"{beijing_time(now):%Y-%m}"))


JOBS: list[Any] = [pipeline_job, daily]  # Dagster names no common type of jobs that mypy sees
SCHEDULES = [daily_schedule]
SENSORS = [inbox_sensor]
