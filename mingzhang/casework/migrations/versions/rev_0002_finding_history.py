"""Names the table of when findings were seen: `sightings` becomes `finding_history`."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

INDEXED = ("last_seen", "rule")


def upgrade() -> None:
    """Rename the table and its indexes; every row stays."""
    op.rename_table("sightings", "finding_history")
    for column in INDEXED:
        op.drop_index(f"ix_sightings_{column}", table_name="finding_history")
        op.create_index(f"ix_finding_history_{column}", "finding_history", [column])
