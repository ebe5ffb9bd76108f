"""Pages for programs: Atom feeds, the sitemap, files for agents, Markdown copies of pages."""
