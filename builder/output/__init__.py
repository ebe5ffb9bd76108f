"""Pages become files: a folder that is swapped in whole, or an archive."""
