"""Topics: what servers are about, by the rules of site/search/topics.yaml that anyone can read."""
