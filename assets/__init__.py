"""Dagster assets and asset checks, made from the pipeline's steps. Every module imports dagster and is thin; no SQL, no logic."""
