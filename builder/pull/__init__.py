"""The reference client: keep a verified copy of a registry in step with it.

sync.py is the algorithm, registry.py fetches and verifies, head.py and change_log.py read what came,
store.py holds the copy. verified.py lets in only what the registry's root of trust vouches for, and
prove.py proves one version. Nothing here knows the builder's catalogue: it is what any client in
any language can do with the published files alone.
"""
