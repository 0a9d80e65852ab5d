"""What must never be public: identifiers in text, rounded cells, the search of a finished publication. Pure."""
