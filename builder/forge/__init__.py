"""Pull and merge requests: read the event, decide, comment, merge."""
