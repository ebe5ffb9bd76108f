"""One revision of a repository becomes a site or an archive: source, catalogue, pages, files."""
