"""A seeded fictional district with planted cases. No real person or place."""
