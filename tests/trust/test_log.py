"""The log of a built site: its leaves, how it grows, what of it changes, and who else reads it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from builder.build.build import build
from builder.trust import leaf, lookup, merkle, seal, state
from builder.trust.checkpoint import TreeHead
from builder.trust.tiles import LogTree
from tests.trust.sites import ORIGIN, Site, make_site

CLIENT = Path(__file__).resolve().parents[2] / ".venv-clients" / "bin"
NAMES = [f"s{number:03}" for number in range(300)]


def head_of(site: Site) -> TreeHead:
    return seal.read_head((site.log / "tree").read_bytes())


def tree_of(site: Site) -> LogTree:
    return LogTree(size=head_of(site).size, read=lambda path: (site.log / path).read_bytes())


def entries(site: Site) -> list[bytes]:
    tree = tree_of(site)
    return [tree.entry(number) for number in range(tree.size)]


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A log of a few tiles, built in three steps and sealed at each."""
    site = make_site(tmp_path_factory.mktemp("grown"))
    site.publish(*NAMES)
    site.build()
    assert site.seal() == 0
    site.publish(*NAMES[:250], version="2.0.0")
    site.registry.commit({"servers/com.example/s001/status.yaml": "1.0.0: {status: deprecated}\n"})
    site.build()
    assert site.seal(previous=str(site.out)) == 0
    site.publish("one", version="3.0.0")
    site.registry.commit({"servers/com.example/s002/2.0.0.json": None})
    site.build()
    assert site.seal() == 0
    return site


def test_every_event_is_a_leaf_with_the_bytes_that_were_served(grown: Site) -> None:
    items = {}
    for path in sorted((grown.log.parent / "changes").rglob("*.json")):
        for item in json.loads(path.read_bytes()).get("servers", []):
            change = item["_meta"].pop("com.example.registry/change")
            body = json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode()
            items[change["sequence"]] = (change, item["server"], hashlib.sha256(body).hexdigest())
    events = [entry for entry in map(leaf.read, entries(grown)) if entry.kind != leaf.STATE]
    assert [event.sequence for event in events] == sorted(items) == [*range(1, len(items) + 1)]
    for event in events:
        change, server, digest = items[event.sequence]
        assert (event.time, event.kind, event.sha256) == (change["time"], change["kind"], digest)
        assert (event.name, event.version) == (server["name"], server["version"])


def test_a_state_follows_each_commit_that_changed_it(grown: Site) -> None:
    read = [leaf.read(entry) for entry in entries(grown)]
    states = [number for number, entry in enumerate(read) if entry.kind == leaf.STATE]
    assert [read[number - 1].kind for number in states] == [
        "published", "published", "metadata", "published", "latest-moved"
    ]  # fmt: skip
    statuses: dict[str, dict[str, str]] = {}
    for entry in read:
        if entry.kind == "removed":
            del statuses[entry.name][entry.version]
        elif entry.kind != leaf.STATE:
            statuses.setdefault(entry.name, {})[entry.version] = "active"
    statuses["com.example/s001"]["1.0.0"] = "deprecated"
    now = state.of_registry({name: rows.items() for name, rows in statuses.items()})
    assert read[-1].sha256 == now


def test_the_lookup_leads_to_the_newest_entry(grown: Site) -> None:
    read = [leaf.read(entry) for entry in entries(grown)]
    newest = {(e.name, e.version): (n, e) for n, e in enumerate(read) if e.kind != leaf.STATE}
    for name in ("com.example/s000", "com.example/s001", "com.example/one"):
        for version, place in lookup.find(
            lambda path: (grown.log / path).read_bytes(), name
        ).items():
            number, entry = newest[name, version]
            assert place.entry == number
            assert place.leaf(name, version, entry.sha256) == entries(grown)[number]


def test_a_build_that_goes_on_writes_what_a_clean_one_does(grown: Site, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    build(grown.registry.repository, "HEAD", clean, 1)
    built = files(grown.out)
    signed = [f"{grown.log.relative_to(grown.out)}/{name}" for name in ("checkpoint", "key")]
    assert {path: body for path, body in built.items() if path not in signed} == files(clean)


def test_tiles_never_change_and_few_files_do(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.publish(*NAMES)
    site.build()
    before = files(site.log)
    site.publish("new")
    site.build()
    after = files(site.log)
    changed = {path for path, body in after.items() if before.get(path) != body}
    assert not [path for path in changed & before.keys() if path.startswith("tile/")]
    assert len(changed) <= 6


def test_a_seal_is_gone_with_the_site_that_it_was_for(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    for number in range(4):
        site.publish(f"s{number}")
        site.build()
        assert not (site.log / "checkpoint").exists()
        assert site.seal() == 0
    build(site.registry.repository, "HEAD", site.out, 1, verify=True)
    assert (site.log / "checkpoint").exists()


READER = """
import json, sys
from pathlib import Path
import aics_tlog as t
url, key, folder = sys.argv[1:]
reader = t.HttpTileReader([url])
note = t.parse_note(reader.read_checkpoint())
assert t.verify_checkpoint(note, t.parse_vkey(key)).ok
head = t.parse_checkpoint(note.text)
report = t.audit_tiles(reader, head.size, head.root)
proofs = []
for index in range(0, head.size, 37):
    entry = t.VerifiedTileReader(reader, head.size, head.root).entry(index)
    proof = t.inclusion_proof_from_tiles(reader, index, head.size)
    assert t.verify_leaf_inclusion(entry, index, head.size, proof, head.root)
    proofs.append([index, [h.hex() for h in proof]])
steps = []
for old in range(1, head.size + 1, 41):
    proof = t.consistency_proof_from_tiles(reader, old, head.size)
    root = t.tree_root_from_tiles(reader, old, head.size)
    assert t.verify_consistency(old, head.size, root, head.root, proof)
    steps.append([old, root.hex(), [h.hex() for h in proof]])
leaves = [t.VerifiedTileReader(reader, head.size, head.root).entry(i) for i in range(0, head.size)]
built = {}
t.tiles.write_tiles(leaves, folder)
print(json.dumps({"proofs": proofs, "steps": steps}))
"""


def test_an_independent_program_agrees_on_every_tile_and_proof(grown: Site, tmp_path: Path) -> None:
    done = subprocess.run(
        [CLIENT / "python", "-c", READER, f"file://{grown.log}/", str(grown.public_key), tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    tree = tree_of(grown)
    for index, hashes in answer["proofs"]:
        assert [digest.hex() for digest in tree.inclusion_proof(index)] == hashes
    for old, root, hashes in answer["steps"]:
        proof = [bytes.fromhex(digest) for digest in hashes]
        assert tree.consistency_proof(old) == proof
        past = bytes.fromhex(root)
        assert merkle.proves_consistency(old, tree.size, proof, past, head_of(grown).root)
    theirs = files(tmp_path)
    ours = {path: body for path, body in files(grown.log).items() if path.startswith("tile/")}
    assert ours == theirs


def test_an_empty_registry_has_an_empty_tree(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.build()
    assert head_of(site) == TreeHead(origin=ORIGIN, size=0, root=merkle.EMPTY_ROOT)
    assert site.seal() == 0
    site.publish("first")
    site.build()
    assert site.seal() == 0
