"""Without a cache, as in an archive, nothing is looked up: so no value may be asked for twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from builder import pages
from builder.build.source import Source
from builder.cache.memo import Memo


class AskedMemo(Memo):
    """One without a cache that counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[tuple[str, str]] = Counter()

    def value(self, kind: str, inputs: str, make: Callable[[], Any]) -> Any:
        if inputs:
            self.asked[kind, inputs] += 1
        return super().value(kind, inputs, make)

    def data(self, kind: str, inputs: str, make: Callable[[], bytes]) -> bytes:
        return bytes(self.value(kind, inputs, make))


def test_each_value_of_the_registry_is_made_once(made_source: Source) -> None:
    memo = AskedMemo()
    catalogue = replace(made_source.catalogue, memo=memo)
    for page in pages.catalogue_pages(catalogue, made_source.config):
        assert page.body is not None
    assert {"search", "row", "facts"} <= {kind for kind, _ in memo.asked}
    assert [kind for (kind, _), times in memo.asked.items() if times > 1] == []
