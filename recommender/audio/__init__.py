"""What songs sound like: files in, vectors out, for songs that nobody has played yet."""
