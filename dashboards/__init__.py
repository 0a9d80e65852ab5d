"""The two web apps and what they share."""
