"""Who is who: identity numbers, names, near pairs."""
