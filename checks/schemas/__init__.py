"""Frame schemas in pandera."""
