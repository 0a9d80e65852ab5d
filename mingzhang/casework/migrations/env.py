"""Runs the revisions on the connection `casework/upgrade.py` holds. Opens nothing and decides nothing."""

from __future__ import annotations

from alembic import context

from mingzhang.casework.models import Base

# SQLite changes columns only by writing a table anew: batch mode does that, and PostgreSQL needs nothing of it.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
