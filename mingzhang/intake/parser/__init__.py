"""The parser process: opens one untrusted file and writes clean CSV. Imports nothing of ours outside this folder."""
