"""Says what tables exist: read, call, write. No rules and no web here."""
