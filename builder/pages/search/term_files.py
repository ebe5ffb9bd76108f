"""The files of the terms and of what words mean, of which most builds make a few anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import orjson

from builder.cache.memo import Memo
from builder.cache.store import UnusableCache
from builder.catalogue.catalogue import Catalogue
from builder.pages.search import kept_terms, terms
from builder.pages.search.index_files import IndexFiles, digest_of
from builder.pages.search.kept_terms import KeptShard
from builder.pages.search.server_terms import Changes, changed_terms, terms_in_order
from builder.pages.search.terms import Shard
from builder.search import meaning, meaning_file

_KNOWN, _SHARD, _INPUTS = "terms", "shard", "0" * 64  # there is one value of the first kind


class TermFiles(NamedTuple):
    """The shards in their order; the contents of the files of meaning by name, and which terms that
    these speak of the index has.
    """

    shards: Sequence[KeptShard]
    meaning: Mapping[str, Any]
    present: Sequence[str]


def add(files: IndexFiles, catalogue: Catalogue) -> TermFiles:
    """Add the shards of the terms of all servers to an index; return what there is.

    All of that follows from the terms alone, of which most new versions have no other ones.
    """
    memo = catalogue.memo
    before = memo.previous_value(_KNOWN, _INPUTS)
    changes = changed_terms(catalogue) if before and before[0] else None  # there is a shard
    if changes is None:
        known = _made(files, catalogue)
    else:
        shards = [KeptShard(*shard) for shard in before[0]]
        known = TermFiles(shards, *before[1:])
        if changes:
            known = _renewed(files, memo, known, changes)
        else:
            _add(files, memo, shards)
    memo.renew(_KNOWN, _INPUTS, [[*map(list, known.shards)], known.meaning, known.present])
    return known


def _made(files: IndexFiles, catalogue: Catalogue) -> TermFiles:
    shards, all_terms = [], set[str]()
    for shard in terms.shards(terms_in_order(catalogue)):
        shards.append(_new(files, catalogue.memo, shard))
        all_terms.update(shard)
    present = sorted(all_terms & meaning.answers(meaning.meaning()))
    return TermFiles(shards, _meaning(present), present)


def _renewed(files: IndexFiles, memo: Memo, before: TermFiles, changes: Changes) -> TermFiles:
    shards, made = [], set[str]()
    read = cache(partial(_read, memo))
    for shard in kept_terms.renewed(before.shards, read, changes):
        if isinstance(shard, KeptShard):
            shards.append(shard)
            _add(files, memo, [shard])
        else:
            shards.append(_new(files, memo, shard))
            made.update(shard)
    told = meaning.answers(meaning.meaning()) & changes.keys()
    present = sorted({*before.present} - told | told & made)
    same = present == before.present
    return TermFiles(shards, before.meaning if same else _meaning(present), present)


def _meaning(present: Iterable[str]) -> Mapping[str, Any]:
    return meaning_file.files(meaning.of_index(meaning.meaning(), frozenset(present)))


def _new(files: IndexFiles, memo: Memo, shard: Shard) -> KeptShard:
    """Add a shard, and keep it for the next build."""
    body = orjson.dumps(shard)
    digest = digest_of(body)
    memo.data(_SHARD, digest, lambda: body)
    files.add_later(digest, lambda: body, digest)
    return KeptShard(digest, next(iter(shard)), next(reversed(shard)))


def _add(files: IndexFiles, memo: Memo, shards: Iterable[KeptShard]) -> None:
    """Add shards of the last build, which nobody reads."""
    for shard in shards:
        memo.keep_data(_SHARD, shard.digest)
        files.add_later(shard.digest, partial(_body, memo, shard.digest), shard.digest)


def _read(memo: Memo, shard: KeptShard) -> Shard:
    terms: Shard = orjson.loads(_body(memo, shard.digest))
    return terms


def _body(memo: Memo, digest: str) -> bytes:
    body = memo.previous_data(_SHARD, digest)
    if body is None:
        raise UnusableCache(f"the shard {digest} of the last build is not there")
    return body
