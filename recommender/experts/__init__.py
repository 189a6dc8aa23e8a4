"""One file an expert; each turns the log of plays into scores over all songs."""
