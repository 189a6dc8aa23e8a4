"""Sixty short tracks in five styles, composed and synthesised from a fixed seed.

`python -m resources.demo_music FOLDER` writes them as tagged files with covers.
"""
