"""One file a model; each ranks the next song from the songs so far."""
