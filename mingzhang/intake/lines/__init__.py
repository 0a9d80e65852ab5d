"""Sheets to the lines of a file, with status and problems. Knows no ledger, writes nothing."""
