"""Turns a delivered file into lines: receive, parse, columns, values, lines, load, answer. No rules here."""
