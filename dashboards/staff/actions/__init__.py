"""What forms, uploads and downloads of the staff site do. No pages here."""
