"""Checks as pure functions and SQL: schemas, rules, record linkage, privacy, money. No Dagster, no Dash, no data folder."""
