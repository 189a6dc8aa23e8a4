"""Candidates, scoring and re-ranking: from the experts' columns to a list."""
