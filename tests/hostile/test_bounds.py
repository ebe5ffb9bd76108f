"""Heads that cost far more to read than to send: each ends with the bound that it met."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builder.git import trees
from builder.git.bounds import PUBLISHER
from tests.hostile import plumbing
from tests.ownership import events
from tests.ownership.events import ALICE
from tests.ownership.world import World, weather
from tests.registry import entry

COMMAND = Path(sys.executable).parent / "mcp-registry"
MIB = 1024 * 1024
# A process counts the memory of the one that it was forked from: so a small one starts the check,
# and tells what its children took at most.
LAUNCH = """
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""
FOLDER = "servers/io.github.alice/weather"


def checked(world: World, tmp_path: Path, head: str) -> tuple[dict[str, Any], list[str]]:
    """Check a head of alice's in a process that the kernel holds to 20 s of work and 300 MiB."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps(events.event(ALICE, ALICE, head=head)))
    root = str(world.registry.root)
    command = [str(COMMAND), "check", "--root", root, "--base", "main", "--head", head]
    command += ["--event", str(event), "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, *command], capture_output=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    kibibytes = int(done.stderr.splitlines()[-1])
    assert kibibytes * 1024 < 300 * MIB
    report = json.loads(done.stdout)
    assert report["verdict"] == "reject"
    return report, [finding["message"] for finding in report["findings"]]


def folder_of(world: World, node: tuple[str, str], times: int) -> tuple[str, str]:
    """A tree that names one thing many times."""
    mode, sha = node
    raw = b"".join(
        b"%b %05d\0%b" % (mode.encode(), number, bytes.fromhex(sha)) for number in range(times)
    )
    return "40000", world.registry.git("hash-object", "-t", "tree", "-w", "--stdin", input=raw)


HUGE = (
    *("registry.yaml", "blocks.yaml", "approvals.yaml", "overlays/x.yaml", "collections/x.yaml"),
    *("pages/x.md", ".mailmap", ".gitattributes", ".gitmodules", "servers/README.md"),
    *(f"servers/io.github.alice/{name}" for name in ("namespace.yaml", "namespace.yaml.sig")),
    *(f"{FOLDER}/{name}.yaml" for name in ("status", "overlay", "facts")),
    *(f"{FOLDER}/1.1.0.json{suffix}" for suffix in ("", ".sig", ".sigstore")),
    *(f"{FOLDER}/{name}" for name in ("1.0.0.json", "upstream.json", "status.yaml.sig")),
)


def test_300_mebibytes_in_the_place_of_any_file(world: World, tmp_path: Path) -> None:
    file = tmp_path / "huge"
    with file.open("wb") as out:
        out.truncate(300 * MIB)
    leaf = (plumbing.REGULAR, world.registry.git("hash-object", "-w", str(file)))
    checked(world, tmp_path, plumbing.commit(world.registry, {p.encode(): leaf for p in HUGE}))
    for path in ("registry.yaml", f"{FOLDER}/1.1.0.json"):
        checked(world, tmp_path, plumbing.commit(world.registry, {path.encode(): leaf}))


@pytest.mark.parametrize("levels", [2, 3, 12], ids=["million", "billion", "1000^12"])
def test_a_few_trees_that_name_a_million_paths(world: World, tmp_path: Path, levels: int) -> None:
    node: Any = plumbing.leaf(world.registry, b"{}")
    for _ in range(levels):
        node = folder_of(world, node, 1000)
    head = plumbing.commit(world.registry, {b"servers/io.github.alice/many": node})
    _, (message, *_) = checked(world, tmp_path, head)
    assert "files or more are touched, at most 1,000 are read" in message


def test_folders_inside_one_another(world: World, tmp_path: Path) -> None:
    node: Any = plumbing.leaf(world.registry, b"{}")
    for _ in range(200):
        node = folder_of(world, node, 1)
    head = plumbing.commit(world.registry, {b"servers/io.github.alice/deep": node})
    _, (message, *_) = checked(world, tmp_path, head)
    assert "more than 32 deep" in message


def test_a_folder_with_a_list_of_20_mebibytes(world: World, tmp_path: Path) -> None:
    node = folder_of(world, plumbing.leaf(world.registry, b"{}"), 99_999)
    raw = world.registry.root / "tree"
    sha = bytes.fromhex(node[1])
    raw.write_bytes(b"".join(b"40000 %0200d\0%b" % (number, sha) for number in range(90_000)))
    tree = world.registry.git("hash-object", "-t", "tree", "-w", str(raw))
    head = plumbing.commit(world.registry, {b"servers/io.github.alice/wide": ("40000", tree)})
    _, (message, *_) = checked(world, tmp_path, head)
    assert f"bytes of folders are new, at most {PUBLISHER.folders:,} are read" in message


def test_a_thousand_files_are_read_and_one_more_is_not(world: World, tmp_path: Path) -> None:
    for count, refused in ((PUBLISHER.paths, False), (PUBLISHER.paths + 1, True)):
        leaf = plumbing.leaf(world.registry, b"{}")
        folder = {b"%d.0.0.json" % number: leaf for number in range(count)}
        head = plumbing.commit(world.registry, {b"servers/io.github.alice/x": folder})
        report, _ = checked(world, tmp_path, head)
        assert ("too-many-files" in {finding["rule"] for finding in report["findings"]}) == refused


@pytest.mark.parametrize(
    ("count", "size"), [(200, 8 * MIB), (900, 51 * 1024)], ids=["200 of 8 MiB", "900 of 51 KiB"]
)
def test_many_large_entries(world: World, tmp_path: Path, count: int, size: int) -> None:
    data = json.dumps(entry("io.github.alice/x", title="x" * size)).encode()
    leaf = plumbing.leaf(world.registry, data)
    folder = {b"%d.0.0.json" % number: leaf for number in range(count)}
    head = plumbing.commit(world.registry, {b"servers/io.github.alice/x": folder})
    _, messages = checked(world, tmp_path, head)
    assert any("at most 65,536" in text or "bytes of entries, at most" in text for text in messages)


def test_a_large_entry_that_calls_itself_mirrored(world: World, tmp_path: Path) -> None:
    mistakes = [{"type": "sse", "url": number} for number in range(300_000)]
    large = json.dumps(entry("io.github.alice/x", remotes=mistakes)).encode()
    upstream = json.dumps({"source": "https://x.example.com", "versions": {"1.0.0": {}}}).encode()
    files = {
        b"servers/io.github.alice/x/1.0.0.json": plumbing.leaf(world.registry, large),
        b"servers/io.github.alice/x/upstream.json": plumbing.leaf(world.registry, upstream),
    }
    report, _ = checked(world, tmp_path, plumbing.commit(world.registry, files))
    (finding,) = (finding for finding in report["findings"] if finding["rule"] == "file-too-large")
    assert finding["severity"] == "error"


YAML: dict[str, Callable[[int], bytes]] = {
    "status.yaml": lambda n: b"".join(b'"%d": {status: active}\n' % k for k in range(n // 22)),
    "namespace.yaml": lambda n: b"owners: [" + b"[]," * (n // 3) + b"]",
    "upstream.json": lambda n: b'{"source": "x", "versions": {"1": [' + b"[]," * (n // 3) + b"1]}}",
}


@pytest.mark.parametrize("name", YAML)
@pytest.mark.parametrize(("count", "size"), [(1, 8 * MIB), (900, 200_000), (1, 250_000)])
def test_sidecars_that_are_slow_to_read(
    world: World, tmp_path: Path, name: str, count: int, size: int
) -> None:
    leaf = plumbing.leaf(world.registry, YAML[name](size))
    owners = name == "namespace.yaml"
    files = {
        (b"servers/com.n%d/%b" if owners else b"servers/io.github.alice/s%d/%b")
        % (number, name.encode()): leaf
        for number in range(min(count, 20) if owners else count)
    }
    checked(world, tmp_path, plumbing.commit(world.registry, files))


def mistaken(count: int) -> bytes:
    remotes = [{"type": "sse", "url": 1}] * count
    return json.dumps(entry("io.github.alice/x", remotes=remotes)).encode()


@pytest.mark.parametrize(
    "data",
    [
        mistaken(2_300),
        json.dumps(entry(packages=[{}] * 15_000)).encode(),
        json.dumps(entry() | {f"x{number}": 1 for number in range(5_000)}).encode(),
        json.dumps(entry(_meta={"x": [[]] * 15_000})).encode(),
        b'{"a":' * 10_000,
        b"[" * 60_000,
        b"\xff" * 60_000,
        b'{"name": "' + b"\\ud800" * 9_000 + b'"}',
    ],
    ids=["remotes", "packages", "keys", "meta", "deep", "brackets", "bytes", "surrogates"],
)
def test_entries_of_nothing_but_mistakes(world: World, tmp_path: Path, data: bytes) -> None:
    leaf = plumbing.leaf(world.registry, data)
    count = min(PUBLISHER.entries // len(data), 900)
    folder = {b"%d.0.0.json" % number: leaf for number in range(count)}
    head = plumbing.commit(world.registry, {b"servers/io.github.alice/x": folder})
    checked(world, tmp_path, head)


def publication(world: World) -> bytes:
    (path, content), *_ = weather("io.github.alice", "1.1.0").items()
    return plumbing.inline(path, json.dumps(content, indent=2).encode())


def test_a_long_history_behind_one_file(world: World, tmp_path: Path) -> None:
    commits = [publication(world), *[b""] * 20_000]
    _, (message, *_) = checked(world, tmp_path, plumbing.history(world.registry, "x", commits))
    assert "251 commits or more, at most 250 are read" in message


def test_mebibytes_in_the_middle_of_the_history(world: World, tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(20 * MIB)
    commits = [plumbing.inline("big", noise), b"D big\n", publication(world)]
    _, (message, *_) = checked(world, tmp_path, plumbing.history(world.registry, "x", commits))
    assert f"bytes in its commits, at most {PUBLISHER.size:,} are read" in message


def test_a_million_objects_in_the_middle_of_the_history(world: World, tmp_path: Path) -> None:
    files = b"".join(plumbing.inline(f"d{n % 50}/{n}", b"%d" % n) for n in range(12_000))
    commits = [files, b"".join(b"D d%d\n" % n for n in range(50)), publication(world)]
    _, (message, *_) = checked(world, tmp_path, plumbing.history(world.registry, "x", commits))
    assert "objects or more in its commits, at most 10,000 are read" in message


def test_sixty_thousand_names_fit(world: World) -> None:
    leaf = plumbing.leaf(world.registry, b"{}")
    folder = {b"com.example%05d" % number: {b"x": leaf} for number in range(3)}
    head = plumbing.commit(world.registry, {b"servers/%b" % k: v for k, v in folder.items()})
    names = [f"servers/com.example{number:05}" for number in range(60_000)]
    listed = trees.select(world.registry.repository, head, names)
    assert [file.path for file in listed] == [f"{name}/x" for name in names[:3]]
