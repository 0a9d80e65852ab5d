"""Says when things run: definitions, resources, partitions, automation and the command line. No data logic here."""
