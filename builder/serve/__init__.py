"""Built files over HTTP, with the queries of the official API."""
