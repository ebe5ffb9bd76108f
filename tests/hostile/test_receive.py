"""mcp-registry receive: a bare repository with the hook, pushed to by git itself."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from builder import cli
from tests.ownership.servers import Zone
from tests.ownership.world import Signer, owners_file
from tests.registry import CONFIG, Registry, entry_file

ALICE, MALLORY, MARIA = "alice:1001", "mallory:1002", "maria:1000"
GRANT = """\
policy:
  accounts:
    - {forge: git, host: git.example.org, namespaces: com.example.git}
"""
HOOK = """\
#!/bin/sh
exec {python} -m builder receive --root . --maintainer maria:1000 {more}
"""
HERS = "com.example.git.alice"


NOTHING = "0" * 40
LIFECYCLE = (
    '"1.0.0": {status: deprecated, message: Use forecast}\n',
    '"*": {status: deprecated, renamed-to: com.example/forecast}\n',
)


class Server:
    """A bare repository that anybody here may push to, as some account.

    `push` asks the hook's command what git would ask it, in this process: a program that starts
    costs a second. `push_by_git` is git itself, with the hook as it is installed.
    """

    def __init__(self, folder: Path, config: str, more: str = "") -> None:
        self.work = Registry(folder / "work", config)
        self.bare = folder / "registry.git"
        self.work.git("clone", "--quiet", "--bare", str(self.work.root), str(self.bare))
        alternates = self.bare / "objects" / "info" / "alternates"
        alternates.write_text(f"{self.work.root / '.git' / 'objects'}\n")
        self.more = more.split()
        hook = self.bare / "hooks" / "pre-receive"
        hook.write_text(HOOK.format(python=sys.executable, more=more))
        hook.chmod(0o755)

    def push(self, head: str, ref: str = "main", who: str = "") -> str:
        """Push a commit, by force; return what the hook says, "" if it was accepted."""
        name = f"refs/heads/{ref}"
        old = self.work.git("-C", str(self.bare), "for-each-ref", "--format=%(objectname)", name)
        line = f"{old or NOTHING} {head or NOTHING} {name}\n"
        words = ["receive", "--root", str(self.bare), "--maintainer", MARIA, *self.more]
        told = io.StringIO()
        with (
            patch.dict(os.environ, {"MCP_REGISTRY_ACCOUNT": who}),
            patch("sys.stdin", io.StringIO(line)),
            redirect_stdout(told),
            redirect_stderr(told),
        ):
            code = cli.run(words)
        assert "Traceback" not in told.getvalue()
        if code:
            return told.getvalue()
        self.work.git("-C", str(self.bare), "update-ref", name, head, old or NOTHING)
        return ""

    def push_by_git(self, head: str, ref: str = "main", who: str = "") -> str:
        """Push a commit; return what git says, "" if it was accepted."""
        environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "MCP_REGISTRY_ACCOUNT": who}
        done = subprocess.run(
            ["git", "push", "--quiet", str(self.bare), f"{head}:refs/heads/{ref}"],
            cwd=self.work.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.stderr if done.returncode else ""

    def propose(self, files: Mapping[str, Any], since: str = "") -> str:
        self.work.git("checkout", "--quiet", "--detach", since or self.tip())
        return self.work.commit(files)

    def tip(self, ref: str = "main") -> str:
        return self.work.git("-C", str(self.bare), "rev-parse", f"refs/heads/{ref}")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path, CONFIG + GRANT)


def owned(who: str = ALICE, namespace: str = HERS) -> dict[str, str]:
    login, _, id = who.partition(":")
    owner = {"git": login, "id": int(id), "host": "git.example.org"}
    text = json.dumps({"owners": [owner], "proof": "git"})
    return {f"servers/{namespace}/namespace.yaml": text}


def first(who: str = ALICE, namespace: str = HERS) -> dict[str, Any]:
    return {**entry_file(f"{namespace}/weather"), **owned(who, namespace)}


def test_an_account_publishes_into_what_registry_yaml_grants_it(server: Server) -> None:
    head = server.propose(first())
    assert server.push_by_git(head, who=ALICE) == ""
    assert server.tip() == head
    assert server.push(server.propose(entry_file(f"{HERS}/weather", "1.1.0")), who=ALICE) == ""


def test_a_stranger_does_not(server: Server) -> None:
    before = server.tip()
    head = server.propose(first())
    told = server.push_by_git(head, who=MALLORY)
    assert "is not the git.example.org account alice" in told
    assert server.tip() == before
    # Nothing of a refused push stays in the repository.
    (server.bare / "objects" / "info" / "alternates").unlink()
    with pytest.raises(AssertionError):
        server.work.git("-C", str(server.bare), "cat-file", "-e", head)


def test_nobody_in_particular_does_not(server: Server) -> None:
    assert "who proposes the change" in server.push(server.propose(first()))


@pytest.mark.parametrize("who", [ALICE, MARIA])
def test_history_is_not_rewritten_and_the_branch_not_removed(server: Server, who: str) -> None:
    server.push(server.propose(first()), who=ALICE)
    start = server.work.git("rev-list", "--max-parents=0", server.tip())
    other = server.propose({"servers/README.md": "x"}, start)
    assert "history is not rewritten" in server.push(other, "main", who)
    environment_tip = server.tip()
    assert "is not removed" in server.push("", "main", who) or server.tip() == environment_tip
    assert server.tip() == environment_tip


def test_more_than_one_commit_or_a_merge_is_not_taken(server: Server) -> None:
    step = server.propose({"servers/com.example.git.alice/weather/0.9.0.json": "{}"})
    two = server.propose(
        {"servers/com.example.git.alice/weather/0.9.0.json": None, **first()}, step
    )
    assert "push one commit" in server.push(two, who=ALICE)
    plain = server.propose(first())
    tree = server.work.git("rev-parse", f"{plain}^{{tree}}")
    merge = server.work.git("commit-tree", tree, "-p", server.tip(), "-p", step, "-m", "x")
    assert "push one commit" in server.push(merge, who=ALICE)


@pytest.mark.parametrize("who", [ALICE, MARIA])
def test_a_date_in_the_future_would_be_everybodys(server: Server, who: str) -> None:
    """All that follows would be published after it: clients would wait for that day."""
    server.work.time = int(time.time()) + 30 * 86_400
    assert "error[commit-date]" in server.push(server.propose(first()), who=who)
    server.work.time = int(time.time()) - 60
    assert server.push(server.propose(first()), who=who) == ""


@pytest.mark.parametrize("date", ["99999999999999999999 +0000", "-1 +0000", "x", "1 +99999999", ""])
def test_a_date_that_nobody_can_read(server: Server, date: str) -> None:
    head = server.propose(first())
    text = server.work.git("cat-file", "commit", head)
    written = re.sub(r"(?m)^(committer .*>).*$", rf"\1 {date}", text)
    made = server.work.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", input=written.encode())  # fmt: skip
    assert made != head
    if server.push(made, who=ALICE) == "":
        after = server.propose(entry_file(f"{HERS}/weather", "1.1.0"))
        assert server.push(after, who=ALICE) == ""
        times = [at for _, at in server.work.repository.dates(after)]
        assert times == sorted(times, reverse=True) or min(times) >= 0
        assert max(times) <= time.time() + 300


@pytest.mark.parametrize("more", ["encoding UTF-16\nab c", "committer M <m@x> 4102444800 +0000"])
def test_a_date_that_is_read_otherwise_when_it_has_landed(server: Server, more: str) -> None:
    head = server.propose(first())
    headers, _, message = server.work.git("cat-file", "commit", head).partition("\n\n")
    made = server.work.git("hash-object", "-t", "commit", "-w", "--stdin", input=f"{headers}\n{more}\n\n{message}\n".encode())  # fmt: skip
    assert server.push_by_git(made, who=ALICE) == ""
    read = [commit.time for commit in server.work.repository.history(made)]
    assert read == [at for _, at in server.work.repository.dates(head)][::-1]


def test_a_commit_that_is_long_itself(server: Server) -> None:
    tree = server.work.git("rev-parse", f"{server.propose(first())}^{{tree}}")
    words = ("commit-tree", tree, "-p", server.tip(), "-F", "-")
    head = server.work.git(*words, input=b"x" * 70_000)
    assert "at most 65,536 are taken" in server.push(head, who=ALICE)


def test_what_a_person_must_look_at_is_proposed_and_a_maintainer_brings_it_in(
    server: Server,
) -> None:
    head = server.propose({"registry.yaml": CONFIG + GRANT + "  new_namespace_hours: 5\n"})
    told = server.push(head, who=ALICE)
    assert "a person must look" in told
    assert "proposals/NAME" in told
    assert server.push(head, "proposals/settings", ALICE) == ""
    assert server.push(head, who=MARIA) == ""
    assert server.tip() == head
    # From now on new namespaces wait.
    assert "waits 5 hours" in server.push(server.propose(first()), who=ALICE)


def test_what_is_wrong_is_refused_for_a_maintainer_too(server: Server) -> None:
    wrong = server.propose({"servers/com.example.git.alice/weather/1.0.0.json": "{}"})
    assert "refs/heads/main" in server.push(wrong, who=MARIA)
    assert "proposals" in server.push(wrong, "proposals/x", MARIA)


def test_other_branches_are_the_maintainers(server: Server) -> None:
    head = server.propose(first())
    assert "only maintainers push there" in server.push(head, "pages", ALICE)
    assert server.push(head, "pages", MARIA) == ""
    assert (
        "history is not rewritten"
        in server.push(server.propose({"servers/README.md": "x"}, server.tip()), "pages", ALICE)
        or server.tip("pages") == head
    )


def test_a_proposal_of_another_is_not_replaced(server: Server) -> None:
    server.push(server.propose(first()), "proposals/hers", ALICE)
    bob = "com.example.git.mallory"
    mine = server.propose(first(MALLORY, bob), server.tip())
    assert "history is not rewritten" in server.push(mine, "proposals/hers", MALLORY)


def test_a_signature_needs_no_account(tmp_path: Path, zone: Zone, network: Any) -> None:
    signer = Signer()
    zone.txt("example.com", signer.record)
    server = Server(tmp_path, CONFIG, f"--resolver {network.resolver}")
    files = signer.sign(entry_file("com.example/weather"))
    files |= owners_file("com.example", keys=[signer.pin], proof="dns")
    assert server.push(server.propose(files)) == ""
    unsigned = server.propose(entry_file("com.example/weather", "2.0.0"))
    assert "refs/heads/main" in server.push(unsigned)


def test_a_domains_owner_alone_deprecates_and_renames(
    tmp_path: Path, zone: Zone, network: Any
) -> None:
    """By signed files, without an account of the server."""
    signer = Signer()
    zone.txt("example.com", signer.record)
    server = Server(tmp_path, CONFIG, f"--resolver {network.resolver}")
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    assert (
        server.push(server.propose({**signer.sign(entry_file("com.example/weather")), **pin})) == ""
    )
    for counter, status in enumerate(LIFECYCLE, 1):
        files = {"servers/com.example/weather/status.yaml": status}
        assert "refs/heads/main" in server.push(server.propose(files))
        assert server.push(server.propose(signer.sign(files, counter=counter))) == ""


@pytest.mark.parametrize("line", ["", "x", "a b", "a b main"])
def test_other_input_is_refused_in_one_line(
    server: Server,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))
    assert cli.run(["receive", "--root", str(server.bare)]) == 2
    assert capsys.readouterr().err.startswith("error: not a line that git writes")


@pytest.fixture
def zone() -> Zone:
    return Zone()


@pytest.fixture
def network(zone: Zone) -> Iterator[Any]:
    from builder.net.network import Network
    from tests.ownership.servers import dns_server

    with dns_server(zone) as address:
        yield Network(resolver=address)
