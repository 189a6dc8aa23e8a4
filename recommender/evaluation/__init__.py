"""Metrics, prequential replay, the simulator and the plain baselines."""
