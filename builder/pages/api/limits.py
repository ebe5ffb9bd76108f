"""How many items a page of the list holds: what a client may ask for, and what it gets otherwise."""

LEAST, USUAL, MOST = 1, 30, 100
