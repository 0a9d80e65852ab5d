"""The money chain: documents into moves between accounts, balances and delays. Pure SQL."""
