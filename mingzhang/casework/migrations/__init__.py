"""How the casework tables came to be, as Alembic revisions. `casework/upgrade.py` runs them; no data is read here.

A change of `models.py` comes with one module in `versions/` whose `down_revision` is the newest, and with its name at the
end of `REVISIONS` in `casework/upgrade.py`. Tests compare the migrated tables with the models on both databases.
"""
