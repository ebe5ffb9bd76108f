"""Every command that the README and the documentation show is run, or says here why it is not."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import yaml

from builder import cli
from tests.docs.blocks import PAGES, ROOT, Block, blocks, console, mentions, others, program
from tests.docs.sandbox import (
    Sandbox,
    World,
    advisories,
    any_port,
    domain_entry,
    dump,
    package,
    pull_request,
    upstream,
)
from tests.forge.github_server import github
from tests.registry import CONFIG

# Whose program it is, and why it does not run here.
NOT_RUN = {
    "claude": "Anthropic's program; tests/install compares our commands with its own examples",
    "code": "opens an editor",
    "codex": "OpenAI's program; tests/install",
    "copilot": "GitHub's program; tests/install",
    "gemini": "Google's program; tests/install",
    "make": "would set up this checkout again; test_make reads what it would do",
}
# What is typed at a console, with an answer or at a place that is not here, and why it is not run.
TYPED = {
    "curl": "asks the public internet",
    "dig": "asks the public DNS",
    "export": "a token of one's own",
    "gh": "GitHub's program, at GitHub",
    "git": "updates a registry on a machine of one's own",
    "mcp-registry": "at a forge or a registry: tests/forge, tests/submit and tests/publish run it",
    "oauth2-proxy": "somebody else's program; tests/operate reads its settings",
    "podman": "builds a container, which tests/operate reads",
}
# What a page presumes, made before its first block.
PREPARE: dict[str, tuple[Callable[[Sandbox], None], ...]] = {
    "README.md": (dump, package),
    "site/docs/publish/index.md": (package,),
    "site/docs/publish/namespaces.md": (domain_entry,),
    "site/docs/operate/policy.md": (advisories,),
    "site/docs/operate/private.md": (upstream,),
    "site/docs/operate/upstreams.md": (upstream,),
    "site/docs/operate/rename.md": (domain_entry,),
    "site/docs/operate/daily.md": (any_port,),
}
WITH_BLOCKS = [page for page in PAGES if blocks(page)]


@pytest.fixture
def sandbox(world: World, tmp_path: Path) -> Sandbox:
    for needed in ("curl", "jq", "sqlite3"):
        assert shutil.which(needed), f"the examples need {needed}: apt-get install {needed}"
    return Sandbox(world, tmp_path / "registry")


def run(block: Block) -> Block:
    """The block without the lines that do not run here."""
    kept = [command for command in block.commands if program(command) not in NOT_RUN]
    return Block(block.page, block.line, "".join(f"{command}\n" for command in kept))


def output(sandbox: Sandbox, page: str) -> str:
    return sandbox.run([run(block) for block in blocks(page)])


@pytest.mark.parametrize("page", [page for page in WITH_BLOCKS if "github.md" not in page])
def test_what_a_page_shows_runs(page: str, sandbox: Sandbox) -> None:
    for prepare in PREPARE.get(page, ()):
        prepare(sandbox)
    said = output(sandbox, page)
    assert sandbox.world.missed == MISSED.get(page, [])
    for expected in SAID.get(page, ()):
        assert re.search(expected, said, re.MULTILINE), said


# What a reader is told to look for.
SAID = {
    "README.md": ('"name":"ai.aliengiraffe/spotdb"', "copied as of change"),
    "site/docs/consume/api.md": ("^ai.exa/exa 3.1.3$",),
    "site/docs/consume/trust.md": (r"^([0-9a-f]{64})  -\n\1$", "^the same$"),
    "site/docs/consume/verify.md": (
        "^proved: ai.exa/exa 3.1.3",
        "Signature Verified Successfully",
        "^entry proved: .*ai.exa/exa",
    ),
    "site/docs/operate/trust.md": ("^root: 2 of 2$", "^signed what is mutable"),
    "site/docs/operate/private.md": ("^io.github.github/github-mcp-server$", "^404$"),
}


# Where the example is of something that does not exist.
MISSED = {
    "site/docs/operate/private.md": ["/v0.1/servers/no.such/server/versions/latest"],
    # Its checkpoint was not attested: `verify` asks each time.
    "site/docs/consume/verify.md": ["/v0.1/x/com.example.registry/log/checkpoint.sigstore"] * 2,
}


def test_steps_on_a_pull_request_run(sandbox: Sandbox, tmp_path: Path) -> None:
    with github(tmp_path / "github", CONFIG) as (hub, _):
        pull_request(hub)(sandbox)
        said = output(sandbox, "site/docs/operate/github.md")
        assert "merged as" in said
        assert [number for number, _ in hub.merged] == [12]
        assert hub.comments


def test_no_exception_is_unused() -> None:
    used = {program(command) for page in PAGES for b in blocks(page) for command in b.commands}
    assert set(NOT_RUN) <= used


@pytest.mark.parametrize("page", PAGES)
def test_mentioned_commands_and_options_exist(page: str) -> None:
    for words in mentions(page):
        understood(cli.cli, words[1:])


def understood(command: click.Command, words: list[str]) -> None:
    """Read words as the program does, but for their values; fail at a command or option it lacks."""
    context = click.Context(command)
    try:
        _, rest, _ = command.make_parser(context).parse_args(list(words))
    except click.BadOptionUsage:
        return  # a sentence may name an option without its value
    if isinstance(command, click.Group) and rest:
        inner = command.get_command(context, rest[0])
        assert inner, words
        understood(inner, rest[1:])


@pytest.mark.parametrize("page", PAGES)
def test_what_is_typed_and_not_run_has_a_reason(page: str) -> None:
    for command in console(page):
        assert program(command) in TYPED, command


def test_no_reason_is_left_over() -> None:
    assert {program(command) for page in PAGES for command in console(page)} == set(TYPED)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "site/docs/commands.md"])
def test_no_command_hides_in_another_block(page: str) -> None:
    hidden = [line for line in others(page) if re.match(r"(\$|mcp-registry|git|curl) ", line)]
    assert [line for line in hidden if not line.startswith("git tree --")] == []


@pytest.mark.parametrize(
    "target",
    ["serve", "test", "bench", "format", "lock", "reference", "golden", "lint", "release", "bytes"],
)
def test_make_targets_exist(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_make_targets_that_are_named_are_tested() -> None:
    shown = {
        match
        for page in [*PAGES, "CONTRIBUTING.md"]
        for match in re.findall(r"(?:^|`)make (\w+)", (ROOT / page).read_text(), re.M)
    }
    (tested,) = test_make_targets_exist.pytestmark  # type: ignore[attr-defined]
    assert shown <= set(tested.args[1])


def test_ci_runs_what_the_readme_says() -> None:
    steps = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["test"]["steps"]
    assert {"run": "make test"} in steps
