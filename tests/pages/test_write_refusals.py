"""Who would write where one only reads is told where and how one publishes."""

from __future__ import annotations

import pytest

from builder.model import config
from builder.pages.api import problem, write_refusals
from builder.pages.api.write_refusals import METHODS
from tests.registry import CONFIG

REPOSITORY = "repository: https://github.com/example/registry\n"
DOCUMENTATION = "https://registry.example.com/docs/publish/"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (REPOSITORY, "It takes a pull request at https://github.com/example/registry: run mcp-registry publish --repository https://github.com/example/registry"),
        ("repository: https://gitlab.com/a/b\n", "It takes a merge request at https://gitlab.com/a/b: run mcp-registry publish --repository https://gitlab.com/a/b"),
        ("", "Its operators take it"),
        (REPOSITORY + "publish: {audience: 'https://publish.example.com'}\n", "It is the API at https://publish.example.com that takes it: run mcp-registry publish --registry https://publish.example.com"),
    ],
    ids=["pull request", "merge request", "no repository", "an API elsewhere"],
)  # fmt: skip
def test_the_answer_says_where_and_how_one_publishes(changed: str, expected: str) -> None:
    for documentation, told in ((True, f"{expected}, or read {DOCUMENTATION}"), (False, expected)):
        text = CONFIG.replace(REPOSITORY, changed).replace("false", str(documentation).lower())
        detail = write_refusals.refusals(config.parse(text.encode()))["POST"].detail
        assert detail == f"Publishing is not supported by this registry. {told}"


def test_each_address_of_the_api_that_is_written_to_is_501_and_any_other_403() -> None:
    written = (
        "publish",
        "validate/",
        "auth/github-at",
        "auth/no-such-login",
        "servers/a/b/status",
        "servers/a%2Fb/versions/1",
        "servers/a/b/versions/1/status",
    )
    other = ("", "servers", "servers/a/b", "publish/x", "auth", "auth/a/b", "health", "x/publish")
    for method in METHODS:
        for path in written:
            found = write_refusals.refused(method, path, write_refusals.BARE)
            assert found.status == 501, path
        for path in other:
            assert write_refusals.refused(method, path, write_refusals.BARE).status == 403, path
    assert write_refusals.refused("PROPFIND", "publish", write_refusals.BARE) is problem.METHOD
