"""Takes files in: inbox, receipts, and what the sender declares. Never opens their content."""
