"""What forms, uploads and downloads of the staff site do. No page is drawn here."""
