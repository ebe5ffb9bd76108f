"""Signing a built site, building it again to compare, and witnessing the logs of others."""
