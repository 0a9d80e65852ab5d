"""Turns a delivered file into lines: receive, parse, map, normalise, check, commit, report. No rules here."""
