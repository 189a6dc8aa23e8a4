"""Processes that work for the player behind everything else: begun, told to pause, ended."""
