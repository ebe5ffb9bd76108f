"""Proofs that survive a lying host: Merkle tree and tiles, signed notes, checkpoints, TUF metadata.

Nothing here opens a connection: what is read comes from a function that the caller gives.
"""
