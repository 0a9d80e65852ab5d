"""What runs by the clock."""

import dagster as dg

from pipelines.jobs import RELEASE

NIGHTLY = dg.ScheduleDefinition(
    name="nightly_release",
    job=RELEASE,
    cron_schedule="10 0 * * *",  # just after midnight: a notice ends with its day
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
