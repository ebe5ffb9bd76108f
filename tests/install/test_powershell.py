"""The commands for PowerShell: the program gets the words that it gets from a POSIX shell."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.install import Recipe, powershell
from tests.install import windows
from tests.install.panels import launch, recipe, remote

HOSTILE = [
    "it\u2019s; calc; \u2018",
    "a\u201b; calc",
    "'; calc; '",
    'say "hi"',
    'a\\"b c\\',
    "$(calc)",
    "`calc`",
    "-p8080:80",
    "-name.rest",
    "@list",
    "--",
    "a;calc",
    "a b",
    "*",
]
CMD = ["a&calc", "a|calc", "a>b", "a^b", "%PATH%", 'a"&calc&"']


def said(value: str) -> dict[str, Any]:
    return {"packageArguments": [{"type": "positional", "value": value}]}


def program(found: Recipe) -> list[str]:
    """The words of a recipe's line for Windows, as the program gets them."""
    assert found.command
    read = windows.words(found.command.windows or found.command.text)
    return windows.arguments(windows.handed_over(read))


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (
            "claude-code",
            "claude mcp add --env 'KEY=<KEY>' --transport stdio com-example---weather '--' "
            "cmd /c npx -y '@acme/weather@1.2.3' 'it''s'",
        ),
        (
            "codex",
            "codex mcp add com-example---weather --env 'KEY=<KEY>' '--' "
            "npx -y '@acme/weather@1.2.3' 'it''s'",
        ),
    ],
)
def test_a_command_for_powershell(client: str, expected: str) -> None:
    key = {"name": "KEY", "isRequired": True}
    one = launch(
        identifier="@acme/weather", version="1.2.3", environmentVariables=[key], **said("it's")
    )
    command = recipe(one, client).command
    assert command is not None
    assert command.windows == expected


@pytest.mark.parametrize("value", [*HOSTILE, *CMD])
@pytest.mark.parametrize("client", ["codex", "gemini-cli", "copilot-cli"])
def test_the_program_gets_the_same_words(client: str, value: str) -> None:
    found = recipe(launch(**said(value)), client)
    assert found.command
    assert program(found) == shlex.split(found.command.text)
    assert value in program(found)


@pytest.mark.parametrize("value", [*HOSTILE, *CMD, "<a>", "100%", "a\\", 'a"'])
def test_code_is_a_script_of_cmd_and_gets_the_same_json(value: str) -> None:
    body = {**said(value), "environmentVariables": [{"name": "KEY", "description": value}]}
    found = recipe(launch(**body), "vs-code")
    assert found.command
    given = windows.handed_over(windows.words(found.command.windows))
    assert windows.cmd_reads(given) == ""
    posix, there = shlex.split(found.command.text), windows.arguments(given)
    assert there[:-1] == posix[:-1]
    assert json.loads(there[-1]) == json.loads(posix[-1])


def test_an_address_with_several_parameters_stays_one_word_for_cmd() -> None:
    header = {"name": "X-Key", "description": "A key of yours", "isRequired": True}
    found = recipe(remote(url="https://mcp.acme.dev/mcp?a=1&b=2", headers=[header]), "vs-code")
    assert found.command
    given = windows.handed_over(windows.words(found.command.windows))
    assert windows.cmd_reads(given) == ""
    assert json.loads(windows.arguments(given)[-1])["url"].endswith("?a=1&b=2")


@pytest.mark.parametrize("value", CMD)
def test_what_cmd_would_read_is_not_put_behind_cmd(value: str) -> None:
    one = launch(**said(value))
    for client in ("claude-code", "claude-desktop"):
        found = recipe(one, client)
        assert any("not for Windows" in note for note in found.notes)
        assert "cmd /c" not in (found.command.windows if found.command else "")


def test_what_the_user_writes_is_no_reason() -> None:
    argument = {"type": "positional", "valueHint": "folder", "isRequired": True}
    found = recipe(launch(packageArguments=[argument]), "claude-code")
    assert found.command
    assert found.command.windows.endswith("cmd /c npx -y w@1.0.0 '<folder>'")


def test_a_server_that_is_started_by_hand_gets_its_variables_without_env() -> None:
    one = launch(
        transport={"type": "streamable-http", "url": "http://localhost:8080/mcp"},
        environmentVariables=[
            {"name": "KEY", "value": "it\u2019s", "isRequired": True},
            {"name": "A-B", "value": "1"},
        ],
    )
    assert one.before
    assert one.before.windows == ("$env:KEY = 'it\u2019\u2019s'; ${env:A-B} = '1'; npx -y w@1.0.0")


@given(st.lists(st.text("ab \\\"'\u2018\u2019-.:@&%;$`", min_size=1), max_size=3))
def test_any_words_read_back(given: list[str]) -> None:
    line = powershell.joined(["p", *given])
    assert windows.arguments(windows.handed_over(windows.words(line))) == ["p", *given]


@given(st.dictionaries(st.text(max_size=4), st.text(max_size=12), max_size=2))
def test_any_json_reads_back_and_says_nothing_to_cmd(value: dict[str, str]) -> None:
    word = powershell.JsonWord(json.dumps(value, separators=(",", ":")))
    given = windows.handed_over(windows.words(powershell.joined(["code", word])))
    assert windows.cmd_reads(given) == ""
    assert json.loads(windows.arguments(given)[-1]) == value
