"""Sequences of songs in, ranked songs out. Usable without the player."""
