"""The public site for villagers. Opens only the public release."""
