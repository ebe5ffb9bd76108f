"""Which entries of a commit use a remote's address, without reading every entry each time.

What a namespace's entries use depends only on its git tree, so that is what is remembered, in the
git folder, by the id of that tree: a question reads only the namespaces that are new or have
changed. The first question in a clone, which in CI is the only one, has git look for the texts that
an address needs (address_text.py) and reads the entries that have them; the second reads every
entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from builder.git import index_file, records, text_search, trees
from builder.git.records import TreeEntry
from builder.git.repository import Repository
from builder.model import address_text, remote_address
from builder.model.layout import SERVERS, UPSTREAM_FILE, Kind, place

FILE = "addresses.json"
_ENTRIES = (f"{SERVERS}/*.json", f":(exclude)*/{UPSTREAM_FILE}")
Uses = list[tuple[str, list[str]]]
"""The entries of a namespace that have remotes: path, keys of the addresses."""


def users(repository: Repository, commit: str, urls: Collection[str]) -> set[str]:
    """Return the paths of the entries of a commit that have a remote at one of these addresses."""
    if not urls:
        return set()
    wanted = {remote_address.key(url) for url in urls}
    patterns = () if index_file.exists(repository, FILE) else address_text.patterns(urls)
    index = _found(repository, commit, patterns) if patterns else _index(repository, commit)
    return {path for uses in index.values() for path, used in uses if not wanted.isdisjoint(used)}


def _found(repository: Repository, commit: str, patterns: Sequence[str]) -> dict[str, Uses]:
    index_file.write(repository, FILE, {})  # that somebody has asked
    paths = text_search.paths(repository, commit, patterns, _ENTRIES)
    return _uses(repository, trees.select(repository, commit, paths))


def _index(repository: Repository, commit: str) -> dict[str, Uses]:
    folders = repository.folders(commit, SERVERS)
    known: dict[str, Uses] = index_file.read(repository, FILE)
    missing = [name for name, tree in folders.items() if tree not in known]
    if not missing:
        return {tree: known[tree] for tree in folders.values()}
    everything = len(missing) > len(folders) // 2
    files = (
        repository.tree(commit, SERVERS)
        if everything
        else trees.select(repository, commit, [f"{SERVERS}/{name}" for name in missing])
    )
    uses = _uses(repository, files)
    index = {tree: uses.get(name, known.get(tree, [])) for name, tree in sorted(folders.items())}
    index_file.write(repository, FILE, index)
    return index


def _uses(repository: Repository, files: Iterable[TreeEntry]) -> dict[str, Uses]:
    # Names are ASCII (R5); what stands at another path was never let in.
    entries = [
        file
        for file in files
        if file.mode == records.REGULAR
        and file.path.isascii()
        and place(file.path).kind is Kind.ENTRY
    ]
    uses: dict[str, Uses] = defaultdict(list)
    blobs = repository.blobs(file.blob for file in entries)
    for file, (_, data) in zip(entries, blobs, strict=True):
        used = [remote_address.key(url) for _, url in remote_address.remotes(data)]
        if used:
            uses[place(file.path).namespace].append((file.path, used))
    return uses
