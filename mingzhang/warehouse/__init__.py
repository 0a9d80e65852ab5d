"""The warehouse's tables and what is worked out in them: people, households, record links, fund moves, findings. No files."""
