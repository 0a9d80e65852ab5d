"""Says what people did: certifications, decisions, settlements, accounts, the audit log. No Dagster, no Dash here."""
