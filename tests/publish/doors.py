"""The three doors to one registry: its API, a request that its gate judges, and `check` on a laptop."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from builder import cli, rules
from builder.net.network import Network
from builder.publish.draft import Draft, location_of_pointer
from tests.ownership import events
from tests.ownership.events import ALICE, MALLORY
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import Signer, owners_file
from tests.publish.running import Desk, Surroundings
from tests.registry import Registry, entry_file

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
    "org.owned/weather",  # alice's, while the domain publishes a key of the file
    "org.lapsed/weather",  # alice's, and the domain publishes none any more
    "io.github.alice/withdrawn",  # by the operator
)
OF_DOCUMENTS = {rule.code for rule in rules.ENTRY_RULES} - {"path-mismatch"}
DUPLICATE = "invalid version: cannot publish duplicate version: "
TAKEN = "https://mcp.bob.dev/mcp"
SIGNER = Signer()
OWNED = [{"github": "alice", "id": 583231}]
THERE: dict[str, Any] = {
    **entry_file("io.github.alice/weather"),
    **entry_file("io.github.alice/weather", "0.9.0"),
    "servers/io.github.alice/weather/status.yaml": "0.9.0: {status: deleted}\n",
    "servers/io.github.alice/namespace.yaml": "owners: [{github: alice, id: 583231}]\nproof: github\n",
    **entry_file("io.github.bob/weather", remotes=[{"type": "sse", "url": TAKEN}]),
    "servers/io.github.bob/namespace.yaml": "owners: [{github: bob, id: 7}]\nproof: github\n",
    **entry_file("com.example/weather"),
    **entry_file("io.github.alice/withdrawn"),
    "servers/io.github.alice/withdrawn/status.yaml": "'*': {status: deleted, by: operator}\n",
    **entry_file("org.owned/weather"),
    **owners_file("org.owned", owners=OWNED, keys=[SIGNER.pin], proof="dns"),
    **entry_file("org.lapsed/weather"),
    **owners_file("org.lapsed", owners=OWNED, keys=[SIGNER.pin], proof="dns"),
}
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

    def on_the_laptop(self, files: Mapping[str, bytes | None], who: str) -> dict[str, Any]:
        """What `check --as` says of files that are not committed yet."""
        self.clone.git("checkout", "--quiet", "--force", "-B", "change", "origin/main")
        self.clone.git("clean", "--quiet", "--force", "-d")
        self.clone.write(dict(files))
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

    def files(self, draft: Draft, who: str) -> dict[str, Any]:
        """What a request with an entry brings: as the API, with the first owner where there is none."""
        self.clone.git("checkout", "--quiet", "--force", "-B", "change", "origin/main")
        self.clone.git("clean", "--quiet", "--force", "-d")
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


def policy(registry: Registry, more: Mapping[str, Any]) -> str:
    text = (registry.root / "registry.yaml").read_text()
    return text + yaml.safe_dump({"policy": more})


@contextmanager
def opened(around: Surroundings, folder: Path) -> Iterator[Doors]:
    """Serve a registry with all that is THERE, and clone it."""
    more, zone = {"publish": POLICY}, Zone()
    zone.txt("owned.org", SIGNER.record)
    with (
        dns_server(zone) as resolver,
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
