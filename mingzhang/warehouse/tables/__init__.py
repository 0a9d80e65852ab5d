"""The warehouse's tables, each declared once as a pandera model: type, unit and meaning of every column. No queries here."""
