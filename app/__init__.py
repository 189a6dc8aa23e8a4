"""Segue, a desktop music player whose queue learns from you."""

__version__ = "0.1.0"
