"""Predicting which songs of a session will be skipped."""
