"""The staff site for bureaus and auditors. Opens the staff snapshot read-only."""
