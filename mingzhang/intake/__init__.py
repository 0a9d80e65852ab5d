"""Turns a delivered file into lines: receive, parser, columns, values, lines, load, compare, answer. No rules here."""
