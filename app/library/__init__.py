"""Files on disk become tracks in SQLite. Runs without Qt."""
