"""One engine: the API, the gate of a request and `check` find the same in one entry, in the same words."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest
import yaml
from hypothesis import event, given, settings
from hypothesis import strategies as st

from builder import cli, rules
from builder.net.network import Network
from builder.publish import draft as drafts
from builder.publish.draft import Draft, location_of_pointer
from tests.ownership import events
from tests.ownership.events import ALICE, MALLORY
from tests.ownership.servers import Zone, dns_server
from tests.publish.running import Desk, Surroundings
from tests.registry import Registry, entry, entry_file, package
from tests.rules import vectors

POLICY = {
    "rules": [
        {"match": {"change": "new-secret"}, "do": "review", "because": "new secrets are looked at"},
        {"match": {"package-type": "mcpb"}, "do": "reject", "because": "we run no bundles"},
    ]
}
NAMES = (
    "io.github.alice/weather",  # there, and hers
    "io.github.alice/other",
    "io.github.Alice/weather",
    "io.github.bob/weather",  # there, and not hers
    "com.example/weather",  # there, a domain's
    "com.acme/fresh",
    "io.github.carol/fresh",
)
VERSIONS = ("1.0.0", "0.9.0", "2.0.0", "latest", "^1.2", "1.0.0-rc.1", " ")
OF_DOCUMENTS = {rule.code for rule in rules.ENTRY_RULES} - {"path-mismatch"}
EXAMPLES = 20
DUPLICATE = "invalid version: cannot publish duplicate version: "
TAKEN = "https://mcp.bob.dev/mcp"
THERE = {
    **entry_file("io.github.alice/weather"),
    **entry_file("io.github.alice/weather", "0.9.0"),
    "servers/io.github.alice/weather/status.yaml": "0.9.0: {status: deleted}\n",
    "servers/io.github.alice/namespace.yaml": "owners: [{github: alice, id: 583231}]\nproof: github\n",
    **entry_file("io.github.bob/weather", remotes=[{"type": "sse", "url": TAKEN}]),
    "servers/io.github.bob/namespace.yaml": "owners: [{github: bob, id: 7}]\nproof: github\n",
    **entry_file("com.example/weather"),
}
SPOILT = [
    json.loads(rule.failing.files[0].data)
    for rule in rules.ENTRY_RULES
    if rule not in rules.TEXT_RULES and rule.code != "not-an-object"
]
SPOILT += [vector["set"] for vector in vectors.load()["server_json"]]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """An entry that is right, or has parts of entries that break one rule each."""
    name, version = (
        draw(st.just(NAMES[0]) | st.sampled_from(NAMES)),
        draw(st.sampled_from(VERSIONS) | numbers),
    )
    content = entry(name, version)
    content["packages"] = draw(st.sampled_from([[package(name, version)], []]))
    if draw(st.booleans()):
        url = draw(
            st.sampled_from([TAKEN, "https://mcp.alice.dev/mcp", "https://MCP.bob.dev:443/mcp"])
        )
        content["remotes"] = [{"type": "streamable-http", "url": url}]
    for part in draw(st.lists(st.sampled_from(SPOILT), max_size=2)):
        kept = draw(st.sets(st.sampled_from(["name", "version", "$schema", "description"])))
        content |= {key: value for key, value in part.items() if key not in kept}
    return content


numbers = st.integers(0, 999).map("3.0.{}".format)

WHO = {"gho_alice": ALICE, "gho_mallory": MALLORY}
Told = set[tuple[str, str, str]]
"""Findings as every door tells them: rule, place, words."""


@dataclass
class Doors:
    """The three doors to one registry: its API, and a publisher's clone for requests and `check`."""

    desk: Desk
    clone: Registry
    resolver: str
    tokens: Mapping[str, str]

    def by_api(self, content: Mapping[str, Any], who: str) -> httpx.Response:
        return self.desk.publish(content, self.tokens[who])

    def on_the_laptop(self, draft: Draft, who: str) -> dict[str, Any]:
        """What `check --as` says of an entry that is not committed yet."""
        self.clone.git("checkout", "--quiet", "--force", "-B", "change", "origin/main")
        files = self._files(draft, who)
        self.clone.write(files)
        account = f"{WHO[who]['login']}:{WHO[who]['id']}"
        return self._check("--as", account, *(str(self.clone.root / path) for path in files))

    def by_request(self, who: str) -> dict[str, Any]:
        """The gate's report on a request with exactly these files, from their author's fork."""
        head = self.clone.commit({})
        event = self.clone.root.with_name("event.json")
        event.write_text(json.dumps(events.event(WHO[who], WHO[who], head=head)))
        return self._check("--base", "origin/main", "--head", head, "--event", str(event))

    def as_draft(self, data: bytes) -> list[dict[str, Any]]:
        """What the rules of documents say of an entry by `check server.json`, wherever it will stand."""
        file = self.clone.root / "server.json"
        file.write_bytes(data)
        findings = self._check(str(file))["findings"]
        file.unlink()
        return [one for one in findings if one["rule"] in OF_DOCUMENTS]

    def is_there(self, draft: Draft) -> bool:
        """Whether the registry has exactly this: then a request with it changes nothing."""
        shown = self.clone.git("ls-tree", "--format=%(objectname)", "origin/main", draft.path)
        return shown == self.clone.git("hash-object", "--stdin", input=draft.data)

    def _files(self, draft: Draft, who: str) -> dict[str, Any]:
        owners = f"servers/{draft.name.partition('/')[0]}/namespace.yaml"
        own = draft.name.lower().startswith(f"io.github.{WHO[who]['login']}/")
        is_first = own and not (self.clone.root / owners).exists()
        account = (
            f"owners: [{{github: {WHO[who]['login']}, id: {WHO[who]['id']}}}]\nproof: github\n"
        )
        return {draft.path: draft.data, **({owners: account} if is_first else {})}

    def _check(self, *arguments: str) -> dict[str, Any]:
        asked = ["check", "--format", "json", "--root", str(self.clone.root), *arguments]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            cli.run([*asked, "--resolver", self.resolver])
        report: dict[str, Any] = json.loads(printed.getvalue())
        return report


@pytest.fixture(scope="module")
def doors(around: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    folder = tmp_path_factory.mktemp("doors")
    more = {"publish": POLICY}
    with (
        dns_server(Zone()) as resolver,
        around.running(
            folder / "running",
            network=Network(resolver=resolver),
            prepare=lambda registry: registry.commit(
                {**THERE, "registry.yaml": policy(registry, more)}
            ),
        ) as desk,
    ):
        clone = Registry(folder / "clone" / "registry", "")
        clone.git("remote", "add", "origin", str(desk.registry.root))
        clone.git("fetch", "--quiet", "origin")
        tokens = {token: desk.token(github_token=token) for token in WHO}
        yield Doors(desk, clone, resolver, tokens)


def policy(registry: Registry, more: Mapping[str, Any]) -> str:
    text = (registry.root / "registry.yaml").read_text()
    return text + yaml.safe_dump({"policy": more})


@given(documents(), st.just("gho_alice") | st.sampled_from(sorted(WHO)))
@settings(max_examples=EXAMPLES)
def test_every_door_tells_the_same(doors: Doors, content: dict[str, Any], who: str) -> None:
    data = orjson.dumps(content)
    draft = drafts.read(data)
    validated = doors.desk.client.post(f"{doors.desk.url}/v0/validate", json=content)
    if not isinstance(draft, Draft):
        assert doors.by_api(content, who).status_code == validated.status_code == draft.status
        assert "error" in {one["severity"] for one in doors.as_draft(data)}
        return
    assert of_validate(validated) == told(doors.as_draft(draft.data), "{}: {}")
    if not draft.has_place:
        assert doors.by_api(content, who).status_code == 422
        return
    doors.clone.git("fetch", "--quiet", "origin")
    if doors.is_there(draft):
        assert "version-changed" in doors.by_api(content, who).text
        return
    laptop, request = doors.on_the_laptop(draft, who), doors.by_request(who)
    assert laptop["findings"] == request["findings"]
    assert laptop["verdict"] == request["verdict"]
    answer = doors.by_api(content, who)
    event(f"{answer.status_code} {request['verdict']}")
    if answer.status_code == 200:
        assert request["verdict"] == "accept"
        return
    worst = "review" if answer.status_code == 409 else "error"
    expected = [one for one in request["findings"] if one["severity"] == worst]
    assert of_problem(answer) == told(expected, "{} ({})")
    assert (request["verdict"] == "review") == (answer.status_code == 409)


def told(findings: Iterable[Mapping[str, Any]], form: str) -> Told:
    """Findings of a report, with message and help joined as a door joins them."""
    return {
        (
            one["rule"],
            place(one["pointer"]),
            form.format(one["message"], one["help"]) if one["help"] else one["message"],
        )
        for one in findings
    }


def place(pointer: str) -> str:
    """Write a place as the official API does, which calls `$schema` schema."""
    return location_of_pointer(pointer).removeprefix("$")


def of_problem(answer: httpx.Response) -> Told:
    """The errors of a problem document; what the official API says first of duplicates is left out."""
    return {
        (
            one["value"],
            one["location"].removeprefix("body").removeprefix(".").removeprefix("$"),
            one["message"].removeprefix(DUPLICATE),
        )
        for one in answer.json()["errors"]
    }


def of_validate(answer: httpx.Response) -> Told:
    return {(one["reference"], one["path"], one["message"]) for one in answer.json()["issues"]}
