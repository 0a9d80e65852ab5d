"""A file compared with earlier months and other files of the current staff snapshot. Advice before loading only."""
