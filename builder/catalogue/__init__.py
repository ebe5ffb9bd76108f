"""The registry at one commit: servers, versions, change log, pagination, fingerprints."""
