"""Lines into the warehouse: ledger, corrections, one transaction per delivery. Reads no cells."""
