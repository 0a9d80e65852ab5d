"""What villagers see. Opens only the public release."""
