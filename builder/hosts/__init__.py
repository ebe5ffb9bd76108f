"""One row a host: its tier, its files, its limits."""
