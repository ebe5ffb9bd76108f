"""What a user or a clone has set for git changes nothing of what is read."""

from __future__ import annotations

import pytest

from builder.git import change, long_history, merge
from builder.git.discovery import discover
from builder.model.layout import SERVERS
from tests.registry import Registry, entry_file

SETTINGS = {
    "i18n.logOutputEncoding": "UTF-16",
    "i18n.commitEncoding": "latin1",
    "log.showSignature": "true",
    "log.date": "relative",
    "log.follow": "true",
    "log.diffMerges": "combined",
    "log.mailmap": "true",
    "format.pretty": "oneline",
    "color.ui": "always",
    "core.abbrev": "5",
    "core.quotePath": "true",
    "core.ignoreCase": "true",
    "diff.renames": "copies",
    "diff.noprefix": "true",
    "diff.ignoreSubmodules": "all",
    "diff.relative": "true",
    "diff.algorithm": "patience",
    "diff.submodule": "log",
    "diff.external": "false",
    "diff.orderFile": "order",
    "grep.lineNumber": "true",
    "rev.abbrev": "4",
}


def read(registry: Registry) -> list[object]:
    repository = discover(registry.root)
    return [
        list(repository.history("main")),
        list(long_history.read(repository, "main", SERVERS, 1, long=1)),
        repository.dates("main"),
        repository.tree("main"),
        repository.changes("main~2", "main"),
        change.between(repository, "main~2", "main"),
        merge._author(repository, "main"),
    ]


@pytest.mark.parametrize("setting", [*SETTINGS, "all"])
def test_a_setting_changes_nothing(registry: Registry, setting: str) -> None:
    registry.commit({**entry_file(), **entry_file("com.example/zzz")})
    registry.commit({"servers/com.example/zzz/1.0.0.json": None, **entry_file("com.example/new")})
    registry.commit({**entry_file("com.example/aaa", "1.0.0", title="é"), "order": "*z*\n*a*\n"})
    before = read(registry)
    for name, value in SETTINGS.items():
        if setting in (name, "all"):
            registry.git("config", name, value)
    assert read(registry) == before
