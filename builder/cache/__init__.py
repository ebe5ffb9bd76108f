"""Results kept between builds: a content-addressed store, the memo above it, and its chunks."""
