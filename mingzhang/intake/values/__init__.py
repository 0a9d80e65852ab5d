"""Cells to values, one kind of value per module: money, dates, identity numbers, accounts, places."""
