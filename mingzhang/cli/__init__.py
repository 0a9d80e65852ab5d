"""The command line: options in, sentences and exit status out. No data logic."""
