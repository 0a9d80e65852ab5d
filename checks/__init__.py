"""Says what is true, purely: schemas, rules, matching, privacy. No Dagster, no Dash, no data folder here."""
