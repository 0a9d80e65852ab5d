"""Signing in and the guard before every request."""
