"""The library: what the county knows, reading files, the warehouse, publishing, casework. No Dagster, no Dash."""
