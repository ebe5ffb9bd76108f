"""A whole small registry, every API file of it, as reviewed and stored.

After a wanted change: make golden, and read the diff.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

from builder.build import build
from tests.registry import Registry, entry, entry_file

GOLDEN = Path(__file__).with_name("api.txt")


def life(registry: Registry) -> None:
    """A year of a registry in nine commits: every kind of change there is."""
    weather = "com.example/weather"
    official = {
        "status": "active",
        "publishedAt": "2023-01-02T03:04:05.678901Z",
        "updatedAt": "2023-01-02T03:04:05.678901Z",
    }
    registry.commit(
        {
            **entry_file(),
            "servers/com.example/namespace.yaml": "owners: [{github: alice, id: 1}]\nproof: github\n",
        }
    )
    registry.commit(entry_file(version="1.10.0"))
    registry.commit(entry_file(version="1.9.0"), after=86_400)
    registry.commit(
        {f"servers/{weather}/status.yaml": '"1.0.0": {status: deprecated, message: Use 1.10.0}\n'}
    )
    registry.commit(
        {
            "servers/io.github.Acme/odd/%7B%7BVERSION%7D%7D.json": entry(
                "io.github.Acme/odd", "{{VERSION}}", title="<b>odd</b>"
            ),
            **entry_file("io.github.Acme/odd", "1.0.0+build"),
            "servers/io.github.Acme/odd/upstream.json": {
                "source": "https://upstream.example",
                "versions": {"1.0.0+build": official, "{{VERSION}}": official},
            },
        }
    )
    registry.commit(entry_file("com.example/spam", description="Buy now"), after=-3600)
    registry.commit({"servers/com.example/spam/1.0.0.json": None})
    registry.commit(
        {f"servers/{weather}/status.yaml": '"1.10.0": {status: deleted, message: Leaks}\n'},
        after=86_400,
    )
    registry.commit(
        entry_file("io.github.Acme/odd", "1.0.0+build", description="Told better upstream.")
    )


def rendered(folder: Path) -> str:
    """Every API file in byte order of the paths, its JSON indented."""
    parts = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if "/search/" in name:  # tests/search looks at what is found by it
            continue
        if name.endswith((".json", ".jsonl.gz")) and name.startswith(
            ("v0.1/", "index.json", "registry.json")
        ):
            body = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
            documents = [json.loads(line) for line in body.splitlines()]
            text = "\n".join(
                json.dumps(document, indent=1, ensure_ascii=False) for document in documents
            )
            parts.append(f"== {name}\n{text}\n")
    return "\n".join(parts)


def test_every_api_file_is_as_reviewed(registry: Registry, tmp_path: Path) -> None:
    life(registry)
    out = tmp_path / "out"
    build.build(registry.repository, "HEAD", out, 1)
    text = rendered(out).replace(registry.git("rev-parse", "HEAD"), "<commit>")
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8"), "run: make golden"
