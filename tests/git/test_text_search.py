"""Files are found by their text, whatever regular expressions git was built with."""

from __future__ import annotations

import pytest

from builder.git import text_search
from builder.model.errors import RepositoryError
from tests.registry import Registry

FILES = {
    "servers/one.json": '{"url": "https://API.example.com/mcp"}',
    "servers/two.json": '{"url": "https://api%2Eexample.com/mcp"}',
    "servers/three.txt": "api.example.com",
}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("api[.]example", ["servers/one.json"]),
        ("nobody[.]example", []),
        # Only POSIX has this, so that Perl's are refused as in a git without them.
        ("api[[.%.]]2E", ["servers/two.json"]),
    ],
)
def test_files_by_their_text(registry: Registry, pattern: str, found: list[str]) -> None:
    commit = registry.commit(FILES)
    assert text_search.paths(registry.repository, commit, [pattern], ["servers/*.json"]) == found


def test_what_no_git_can_read_is_told(registry: Registry) -> None:
    commit = registry.commit(FILES)
    with pytest.raises(RepositoryError, match="grep"):
        text_search.paths(registry.repository, commit, ["a[b"], ["servers/*.json"])
