"""The rules and what runs them: library of SQL, shared views and summaries, examples, outcomes. No folders of data."""
