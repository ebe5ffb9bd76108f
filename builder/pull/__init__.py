"""The reference client: keep a verified copy of a registry in step with it.

client.py fetches and verifies, log.py reads shards of the change log, store.py holds the copy,
follow.py is the algorithm. Nothing here knows the builder's catalogue: it is what any client in
any language can do with the published files alone.
"""
