"""Proofs asked for again: owners by number, keys at their domain, bundles that landed, packages' origins."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder import cli
from builder.facts import standing
from builder.facts.accounts import ForgeAccounts
from builder.facts.gather import write
from builder.facts.noted_runs import noted
from builder.facts.standing import ProofAnswer, again
from builder.model.facts import Facts
from builder.model.proof_facts import MOST_RUNS, ProofFacts
from builder.model.sidecars import read_facts, read_namespace
from builder.net.network import Network
from builder.ownership import bundle
from builder.package_proof.client import PackageRegistryClient, ProofSettings
from builder.package_proof.provenance import PROVENANCE, PUBLISHED, of_packages
from tests.local_server import LocalServer, Reply, as_json, routes, serving
from tests.ownership.servers import Zone, dns_server
from tests.ownership.sigstore import Made, Wish, github_texts, make
from tests.ownership.world import Signer, owned_by, owners_file, weather
from tests.pages import made as pages
from tests.registry import CONFIG, Registry, entry, package

ALICE = {"login": "alice", "id": 583231}
SERVER = "servers/io.github.alice/weather"
NPM = package("io.github.alice/weather", "1.0.0")
ENTRY = (json.dumps(entry("io.github.alice/weather"), indent=2, ensure_ascii=False) + "\n").encode()
TARBALL, WHEEL = b"tarball", b"wheel"
SHA512, SHA256 = hashlib.sha512(TARBALL), hashlib.sha256(WHEEL)
COMMIT = "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"


def statement(kind: str, **digest: str) -> str:
    subject = [{"name": "any", "digest": digest}]
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject,
            "predicateType": kind,
            "predicate": {},
        }
    )


@pytest.fixture(scope="module")
def sigstore() -> Made:
    """Bundles of an entry, of an npm package and of a wheel; and of the wheel from elsewhere."""
    texts = github_texts()
    wheel = statement(PUBLISHED, sha256=SHA256.hexdigest())
    return make(
        Wish(ENTRY, texts),
        Wish(b"", texts, statement(PROVENANCE, sha512=SHA512.hexdigest())),
        Wish(b"", texts, wheel),
        Wish(b"", github_texts("mallory/weather", 666, 75), wheel),
    )


@pytest.fixture
def github() -> Iterator[LocalServer]:
    """GitHub's accounts by number: alice, and carol who is called caroline by now."""
    table: Mapping[str, Reply | list[Reply]] = {
        "/user/583231": as_json({"login": "Alice"}),
        "/user/77": as_json({"login": "caroline"}),
        "/user/500": Reply(status=500),
    }
    with serving(routes(table)) as server:
        yield server


def proof(root: Path, name: str) -> Any:
    path = root / "servers" / name / "facts.yaml"
    return yaml.safe_load(path.read_text()).get("proof") if path.exists() else None


def published(registry: Registry, sigstore: Made) -> Zone:
    """Publish servers whose owners hold, were renamed, are gone or cannot be asked; return the DNS."""
    key, lost, zone = Signer(), Signer(), Zone()
    zone.txt("example.com", key.record)
    zone.broken.add("example.net")
    carol = {"login": "carol", "id": 77}
    registry.commit(
        {
            "registry.yaml": f"{CONFIG}policy: {{sigstore_root: root.json}}\n",
            "root.json": sigstore.root,
            **owned_by(ALICE),
            f"{SERVER}/1.0.0.json": ENTRY,
            f"{SERVER}/1.0.0.json.sigstore": sigstore.bundles[0],
            **owned_by(carol),
            **weather("io.github.carol"),
            **owners_file("com.example", keys=[key.pin], proof="dns"),
            **weather("com.example"),
            **owners_file("org.example", keys=[lost.pin], proof="dns"),
            **weather("org.example"),
            **owners_file("net.example", keys=[lost.pin], proof="dns"),
            **weather("net.example"),
            **weather("com.unclaimed"),
        }
    )
    return zone


def test_what_holds_is_dated_and_what_fails_is_marked_and_told(
    registry: Registry, github: LocalServer, sigstore: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    zone = published(registry, sigstore)
    root = registry.root
    with dns_server(zone) as resolver:
        asked = ["prove", "--all", "--no-packages", "--commit", "--resolver", resolver]
        asked += ["--forge", f"github@github.com={github.url}", "--root", str(root)]
        assert cli.run(asked) == 1
        printed = capsys.readouterr().out
        tip = registry.git("rev-parse", "HEAD")
        assert cli.run(asked) == 1  # on the same day nothing new is to be said
        assert registry.git("rev-parse", "HEAD") == tip

    holds = proof(root, "io.github.alice/weather")
    assert holds == proof(root, "com.example/weather") == {"proved": holds["proved"]}
    renamed = proof(root, "io.github.carol/weather")
    assert renamed["failing"] == holds["proved"]
    assert "is called caroline now" in renamed["trouble"]
    assert "is not published by example.org" in proof(root, "org.example/weather")["trouble"]
    assert proof(root, "net.example/weather") is None  # DNS gave no answer: nothing is known
    assert proof(root, "com.unclaimed/weather") is None
    for line in (
        "io.github.carol: no longer proved: the account that it is named after, 77, is called",
        "org.example: no longer proved: ",
        "net.example: could not be asked: ",
        "5 namespaces asked on ",
        "2 no longer proved",
    ):
        assert line in printed
    _bundle_is_a_fact(root)
    _pages_tell(registry, holds["proved"])


def _bundle_is_a_fact(root: Path) -> None:
    assert not (root / SERVER / "1.0.0.json.sigstore").exists()
    (run,) = read_facts((root / SERVER / "facts.yaml").read_bytes()).runs.values()
    assert (run.repository, run.repository_id, run.owner_id) == ("alice/weather", 74, 583231)
    assert (run.workflow, run.commit) == (".github/workflows/release.yml", COMMIT)


def _pages_tell(registry: Registry, day: str) -> None:
    source = registry.load()
    site = pages.site(source.catalogue, source.config)
    item = json.loads(site["v0.1/servers/io.github.alice/weather/versions/latest/index.json"])
    word = item["_meta"]["com.example.registry/proof"]
    assert word["proved"] == day
    assert word["run"]["repository-id"] == 74
    page = site["servers/io.github.alice/weather/index.html"].decode()
    assert f"Last proved on {day}." in words(page)
    assert f"https://github.com/alice/weather/commit/{COMMIT}" in page
    own = site["namespaces/io.github.alice/index.html"].decode()
    assert f"Last proved on {day}." in words(own)
    theirs = site["namespaces/io.github.carol/index.html"].decode()
    assert f"Not proved since {day}" in words(theirs) and "standing-unproved" in theirs
    marked = site["servers/io.github.carol/weather/index.html"].decode()
    assert "No longer proved" in marked
    assert f"Not proved since {day}" in words(marked)
    assert "standing-unproved" in marked


def words(page: str) -> str:
    """The text of a page."""
    return re.sub(r"<[^>]+>", "", page)


@pytest.mark.parametrize("named", [[], ["--all", "com.example"], ["no.such"]])
def test_what_is_to_be_asked_is_named(registry: Registry, named: list[str]) -> None:
    registry.commit({**owned_by(ALICE), **weather("io.github.alice")})
    assert cli.run(["prove", "--no-packages", *named, "--root", str(registry.root)]) == 2


def test_a_proof_is_dated_anew_after_a_while_and_never_forgets_since_when_it_fails() -> None:
    held, lost = ProofAnswer(holds=True), ProofAnswer(holds=False, trouble="why")
    first = again(None, held, "2026-11-01", 30)
    assert first == ProofFacts(proved="2026-11-01")
    assert again(first, held, "2026-11-30", 30) == first
    assert again(first, held, "2026-12-01", 30) == ProofFacts(proved="2026-12-01")
    assert again(first, ProofAnswer(holds=None), "2027-01-01", 30) == first
    failing = again(first, lost, "2026-11-09", 30)
    assert failing == ProofFacts(proved="2026-11-01", failing="2026-11-09", trouble="why")
    assert again(failing, lost, "2026-12-24", 30) == failing
    assert again(failing, held, "2026-12-25", 30) == ProofFacts(proved="2026-12-25")


@pytest.mark.parametrize(
    ("owner", "proof", "holds"),
    [
        ({"github": "alice", "id": 583231}, "github", True),
        ({"github": "alice", "id": 500}, "github", None),
        ({"github": "alice", "id": 404}, "github", False),
        ({"gitlab": "alice", "id": 7}, "gitlab", True),
        ({"gitlab": "acme/tools", "id": 8, "group": True}, "gitlab", True),
        ({"forgejo": "alice", "id": 9}, "forgejo", True),
        ({"forgejo": "alice", "id": 10}, "forgejo", False),
        ({"git": "alice", "id": 11, "host": "git.example.com"}, "git", None),
    ],
)
def test_accounts_are_asked_for_by_number_on_every_forge(
    github: LocalServer, owner: dict[str, Any], proof: str, holds: bool | None
) -> None:
    table: Mapping[str, Reply | list[Reply]] = {
        "/users/7": as_json({"username": "alice"}),
        "/groups/8": as_json({"full_path": "acme/tools"}),
        "/users/search": as_json({"ok": True, "data": [{"id": 9, "login": "alice"}]}),
    }
    record = read_namespace(json.dumps({"owners": [owner], "proof": proof}).encode())
    with serving(routes(table)) as other:
        apis = {"github.com": github.url, "gitlab.com": other.url, "codeberg.org": other.url}
        found = standing.ask("com.example", record, Network(), ForgeAccounts(apis=apis))
    assert found.holds is holds, found


def integrity(sigstore: Made, which: int) -> Any:
    """PyPI's provenance of a file, of a Sigstore bundle (PEP 740)."""
    made = json.loads(sigstore.bundles[which])
    material, envelope = made["verificationMaterial"], made["dsseEnvelope"]
    attestation = {
        "version": 1,
        "verification_material": {
            "certificate": material["certificate"]["rawBytes"],
            "transparency_entries": material["tlogEntries"],
        },
        "envelope": {
            "statement": envelope["payload"],
            "signature": envelope["signatures"][0]["sig"],
        },
    }
    bundles = [{"publisher": {"kind": "GitHub"}, "attestations": [attestation]}]
    return {"version": 1, "attestation_bundles": bundles}


def origins(
    sigstore: Made, package: dict[str, Any], table: Mapping[str, Reply | list[Reply]]
) -> Any:
    with serving(routes(table)) as server:
        settings = ProofSettings(
            bases={"npm": server.url, "pypi": server.url},
            reachable=(ipaddress.ip_network("127.0.0.1/32"),),
        )
        verifiers = [bundle.connect(sigstore.root)]
        with PackageRegistryClient(settings) as client:
            return of_packages({"packages": [package]}, client, verifiers)


@pytest.mark.parametrize(("tarball", "is_known"), [(TARBALL, True), (b"another", False)])
def test_an_npm_package_was_built_from_a_commit(
    sigstore: Made, tarball: bytes, is_known: bool
) -> None:
    integrity = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    attestation = {"predicateType": PROVENANCE, "bundle": json.loads(sigstore.bundles[1])}
    known = origins(
        sigstore,
        NPM,
        {
            "/@alice%2Fweather/1.0.0": as_json({"dist": {"integrity": f"sha512-{integrity}"}}),
            "/-/npm/v1/attestations/@alice%2Fweather@1.0.0": as_json(
                {"attestations": [attestation]}
            ),
        },
    )
    assert set(known) == ({"npm @alice/weather 1.0.0"} if is_known else set())
    for one in known.values():
        assert (one.repository, one.commit) == ("https://github.com/alice/weather", COMMIT)


@pytest.mark.parametrize(
    ("which", "is_known"), [((2,), True), ((2, 3), False), ((2, None), False), ((None,), False)]
)
def test_a_pypi_package_was_built_from_a_commit_if_all_its_files_were(
    sigstore: Made, which: tuple[int | None, ...], is_known: bool
) -> None:
    files = [{"filename": f"weather-{n}.whl", "digests": {"sha256": SHA256.hexdigest()}} for n in range(len(which))]  # fmt: skip
    table: dict[str, Reply | list[Reply]] = {"/pypi/weather/1.0.0/json": as_json({"urls": files})}
    for number, bundled in enumerate(which):
        if bundled is not None:
            path = f"/integrity/weather/1.0.0/weather-{number}.whl/provenance"
            table[path] = as_json(integrity(sigstore, bundled))
    wheel = {"registryType": "pypi", "identifier": "weather", "version": "1.0.0"}
    known = origins(sigstore, wheel, table)
    assert set(known) == ({"pypi weather 1.0.0"} if is_known else set())


def test_facts_of_runs_stay_small(tmp_path: Path, sigstore: Made) -> None:
    """Bundles of 100,000 versions would be a gigabyte; what is kept of the newest is not."""
    signed = bundle.connect(sigstore.root).verify(sigstore.bundles[0], ENTRY)
    runs = {f"1.0.{number}": signed for number in range(2 * MOST_RUNS)}
    facts = noted(Facts(), runs)
    assert len(facts.runs) == MOST_RUNS
    (tmp_path / SERVER).mkdir(parents=True)
    write(tmp_path, "io.github.alice/weather", facts)
    written = (tmp_path / SERVER / "facts.yaml").read_bytes()
    assert read_facts(written) == facts
    assert len(written) / MOST_RUNS < 500
    assert sum(map(len, sigstore.bundles)) / len(sigstore.bundles) > 4000
