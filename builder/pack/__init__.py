"""The packed form of a site: the same addresses and bytes, cut out of few files."""
