"""Which column is which field, and what titles and sheet names say. Reads no values of lines."""
