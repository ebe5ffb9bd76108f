"""Changes of what a registry goes by: settings, and statuses of what is not there."""

from __future__ import annotations

import pytest

from builder.model.finding import Finding, Severity
from tests.changes import check_change
from tests.ownership.world import World
from tests.registry import CONFIG


def found(world: World, files: dict[str, str | None]) -> list[Finding]:
    return check_change(world.registry.repository, "main", world.propose(files))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title: [",
        "title: Mine",
        CONFIG + "unknown: 1\n",
        CONFIG + "title: Twice\n",
        CONFIG.replace("https://registry.example.com", "javascript:x"),
        CONFIG + "description: " + "x" * 300_000,
        CONFIG + "exports: {teams: [{name: a, collections: [d]}, {name: a, collections: [e]}]}\n",
        CONFIG
        + "policy: {teams: [{name: a, members: [{github: a, id: 1}]}, {name: a, members: [{github: b, id: 2}]}]}\n",
        "&a [*a]",
        "\0",
        None,
    ],
    ids=[
        "empty",
        "broken",
        "short",
        "unknown",
        "twice",
        "scheme",
        "large",
        "one-name-for-two-lists",
        "one-name-for-two-teams",
        "anchor",
        "nul",
        "gone",
    ],
)
def test_settings_that_no_site_could_be_built_from(world: World, text: str | None) -> None:
    error, *_ = (
        one for one in found(world, {"registry.yaml": text}) if one.severity is Severity.ERROR
    )
    assert (error.rule, error.path) == ("invalid-settings", "registry.yaml")


def test_a_change_of_what_clients_go_by_is_told_word_by_word(world: World) -> None:
    text = CONFIG.replace("https://registry.example.com", "https://evil.example.com").replace(
        "com.example.registry", "com.evil.registry"
    )
    text += "branch: other\npolicy:\n  new_namespace_hours: 0\n  may_resume: [583231]\n"
    reviews = {one.message for one in found(world, {"registry.yaml": text}) if one.rule == "settings-changed"}  # fmt: skip
    assert reviews == {
        "base_url changes from 'https://registry.example.com' to 'https://evil.example.com'",
        "extension_namespace changes from 'com.example.registry' to 'com.evil.registry'",
        "branch changes from 'main' to 'other'",
        "policy.may_resume changes from ['owner', 'member', 'collaborator'] to [583231]",
    }


def test_a_change_of_words_alone_lists_nothing(world: World) -> None:
    text = CONFIG.replace("Test registry", "Other title")
    assert {one.rule for one in found(world, {"registry.yaml": text})} == {"outside-servers"}


@pytest.mark.parametrize("text", ['"*": {status: active}', "{}", '"1.0.0": {status: deprecated}'])
def test_a_status_of_a_server_that_is_not_there(world: World, text: str) -> None:
    (error,) = found(world, {"servers/io.github.alice/other/status.yaml": text})
    assert (error.rule, error.severity) == ("status-unknown-version", Severity.ERROR)
