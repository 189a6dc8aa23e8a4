"""Listening to the files of the library, in a process of its own, behind everything else."""
