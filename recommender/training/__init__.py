"""The training loop, its hooks and checkpoints, on one device or many."""
