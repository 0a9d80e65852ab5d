"""All SQL of the staff site, by subject. Every query is one viewer's, within their counties."""
