"""Segue, a desktop music player whose queue learns from you."""
