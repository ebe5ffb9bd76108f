"""Main-line commits replayed: what is latest, each version's lifecycle, the events of the change log."""
