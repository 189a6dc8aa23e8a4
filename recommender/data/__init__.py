"""What the models read: the catalogue of songs and the log of plays."""
