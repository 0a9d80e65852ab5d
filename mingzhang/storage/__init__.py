"""The data folder: keys, clock, durable writes, publications written and read. Knows no table and no file's content."""
