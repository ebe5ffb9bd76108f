"""Putting a built site where readers are: a folder, or a bucket of an object store.

`plan.py` says what to do, `bucket.py` and `folder.py` do it, `lock.py` keeps two deploys apart.
The order is the lesson of other registries: what is new and immutable first, then pages, then
what points to them, deletions last and late (Debian's by-hash, conda's shards, NuGet's catalog).
"""
