"""Vectors of songs: what lies near what, and the map that shows it."""
