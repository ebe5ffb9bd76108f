"""Publishers' icons: what a picture may be, and the names of their files."""
