"""Simulated listeners to practise on: one written down, one fitted to data, behind one face."""
