"""Engines, queue and play order."""
