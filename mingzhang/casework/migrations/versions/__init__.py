"""One module per revision of the casework tables, in one line. A revision that was released is never edited."""
