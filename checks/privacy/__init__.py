"""Privacy of what is published: identifiers in text, rounded cells, the search of a finished publication. Pure."""
