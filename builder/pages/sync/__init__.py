"""Files for sync clients: list pages, change log, snapshot, names and the index of all of them."""
