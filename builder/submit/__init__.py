"""A publisher's side: a server.json becomes a published version, by a registry's API or by a request."""
