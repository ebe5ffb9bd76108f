"""The registry's words as values: settings, server.json, sidecars, layout, versions, times, findings, verdicts."""
