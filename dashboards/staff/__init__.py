"""What bureaus and auditors see. Opens the staff snapshot read-only."""
