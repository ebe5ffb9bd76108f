"""A registry, or somebody on the way to it, that vouches for what is not of the form it should be."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder.model.errors import RemoteError
from builder.net.retry import ONCE
from builder.pull.registry import DOCUMENT, Freshness, Registry
from builder.pull.snapshot import LONGEST
from tests.pull.cdn import URL, Site, fresh, path, site
from tests.pull.copies import held, pull
from tests.pull.life import bulk, play, publish, truth

KINDS = pytest.mark.parametrize("suffix", [".db", ".jsonl"])
HEAD, SNAPSHOT = path("head.json"), path("snapshot.jsonl.gz")


def with_head(files: Site, **changes: Any) -> Site:
    head = json.loads(files[HEAD]) | changes
    return {**files, HEAD: json.dumps(head).encode()}


def vouched(files: Site, name: str, body: bytes) -> Site:
    """The same files with another one, the hash of which the head has."""
    hashes = json.loads(files[HEAD])["sha256"] | {name: hashlib.sha256(body).hexdigest()}
    return with_head({**files, path(name): body}, sha256=hashes)


def reversed_lines(lines: list[bytes]) -> list[bytes]:
    return lines[::-1]


def without_meta(lines: list[bytes]) -> list[bytes]:
    return [json.dumps({"server": json.loads(lines[0])["server"]}).encode(), *lines[1:]]


def with_odd_name(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"com.example/a"', b'["com.example/a"]'), *lines[1:]]


@KINDS
@pytest.mark.parametrize(
    "spoil",
    [
        reversed_lines,
        without_meta,
        with_odd_name,
        lambda lines: [b"no json", *lines[1:]],
        lambda lines: [b"[" * 100_000, *lines[1:]],
        lambda lines: [lines[0], lines[0]],
        lambda lines: [b" " * (LONGEST + 1), *lines[1:]],
    ],
)
def test_what_is_no_version_never_gets_in(
    suffix: str, spoil: Callable[[list[bytes]], list[bytes]], tmp_path: Path
) -> None:
    files = site(play([publish("com.example/a", "1.0.0", "2.0.0")]).generations[-1])
    header, *lines = gzip.decompress(files[SNAPSHOT]).splitlines()
    body = gzip.compress(b"".join(line + b"\n" for line in (header, *spoil(lines))))
    out = tmp_path / f"copy{suffix}"
    with pytest.raises(RemoteError):
        pull(fresh(vouched(files, "snapshot.jsonl.gz", body)), out)
    assert held(out) == (0, {})


@KINDS
@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 1000},
        {"sequence": 10**30},
        {"sequence": 1e400},
        {"sequence": "4"},
        {"newest": [{}]},
        {"newest": 7},
        {"newest": []},
        {"sha256": {}},
        {"sha256": []},
        {"event": "0" * 64},
    ],
)
def test_a_head_that_does_not_fit_its_files_is_refused(
    suffix: str, changes: dict[str, Any], tmp_path: Path
) -> None:
    life = play([bulk("a", 300, 1)])
    out = tmp_path / f"copy{suffix}"
    pull(fresh(site(life.generations[-1])), out)
    publish("com.example/a", "1.0.0")(life)
    files = site(life.generations[-1])
    if changes == {"newest": []}:
        files = vouched(files, "changes/index.json", b"[]")
    with pytest.raises(RemoteError):
        pull(fresh(with_head(files, **changes)), out)
    # What could be verified is taken, and nothing else.
    now = held(out)
    assert now in [(len(one.events), truth(one)) for one in life.generations]
    pull(fresh(site(life.generations[-1])), out)
    assert held(out)[0] == 301


@pytest.mark.parametrize("name", ["index.json", HEAD.removeprefix("/some/prefix/")])
def test_a_document_without_an_end_is_not_read_to_it(name: str, tmp_path: Path) -> None:
    files = dict(site(play([bulk("a", 3, 1)]).generations[-1]))
    files[f"/some/prefix/{name}"] = b"[" + b" " * DOCUMENT
    with pytest.raises(RemoteError, match="more than 1,048,576 bytes"):
        pull(fresh(files), tmp_path / "copy.db")


@pytest.mark.parametrize(
    "body",
    [b"no gzip", gzip.compress(b" " * 140_000_000), gzip.compress(b"{}")[:-9]],
    ids=["no gzip", "endless", "cut off"],
)
def test_a_shard_that_is_no_gzip_has_no_end_or_is_cut_is_refused(
    body: bytes, tmp_path: Path
) -> None:
    files = dict(site(play([bulk("a", 300, 1)]).generations[-1], lean=True))
    index = json.loads(files[path("changes/index.json")])
    index["shards"][0]["sha256"] = hashlib.sha256(body).hexdigest()
    files[path("changes/full/1.gz")] = body
    files = dict(vouched(files, "changes/index.json", json.dumps(index).encode()))
    del files[SNAPSHOT]
    with pytest.raises(RemoteError, match="shard of the change log"):
        pull(fresh(files), tmp_path / "copy.db")


def test_nobody_leads_away_from_https() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "https":
            return httpx.Response(302, headers={"Location": "http://registry.example.com/x"})
        return httpx.Response(200, json={"resources": []})

    with httpx.Client(transport=httpx.MockTransport(handle)) as http:
        registry = Registry(http, URL, ONCE)
        with pytest.raises(RemoteError, match="away from https"):
            registry.head(Freshness.ANY, "", 0)


def test_an_index_does_not_lead_away_from_the_web(tmp_path: Path) -> None:
    for url in ("file:///etc/passwd", "http://registry.example.com/head.json", "https://[::1"):
        service = {"resources": [{"type": "Head", "url": url}]}
        files = {"/some/prefix/index.json": json.dumps(service).encode()}
        with pytest.raises(RemoteError, match=r"not an address|not a web address|away from https"):
            pull(fresh(files), tmp_path / "copy.db")


@pytest.mark.parametrize(
    ("index", "reason"), [("/some/prefix/index.json", "away from https"), (HEAD, "status 404")]
)
def test_what_an_index_at_https_names_is_not_read_over_http(
    index: str, reason: str, tmp_path: Path
) -> None:
    """Nobody between the client and the host could be told from the registry there."""
    files = dict(site(play([publish("com.example/a", "1.0.0")]).generations[-1]))
    base = f"http://registry.example.com{index.rpartition('/')[0]}/"
    files[index] = files[index].replace(b'"url":"', b'"url":"' + base.encode())
    del files[SNAPSHOT]  # so that the change log is read
    asked: list[str] = []

    def answer(request: httpx.Request) -> bytes | None:
        asked.append(request.url.scheme)
        return files.get(request.url.path)

    with pytest.raises(RemoteError, match=reason):
        pull(answer, tmp_path / "copy.db")
    assert set(asked) == {"https"}
    assert not (tmp_path / "copy.db").exists()
