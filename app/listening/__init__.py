"""What the user did, kept append-only. Runs without Qt."""
