"""Joins player, listening and recommender. Runs without Qt."""
