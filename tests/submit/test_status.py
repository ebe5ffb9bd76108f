"""mcp-registry status: a domain's owner deprecates and renames, by a request or by the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder import cli
from builder.net.network import Network
from builder.ownership import key as keys
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import ACCEPT, MALLORYS, Signer, World, owners_file
from tests.patience import PATIENCE
from tests.publish.conftest import around
from tests.publish.running import Desk, Surroundings
from tests.registry import Registry, entry_file
from tests.submit.forges import Forge

__all__ = ["around"]

NAME, NEW = "com.example/weather", "com.example/forecast"
FILE = f"servers/{NAME}/status.yaml"
LANDED = '"1.0.0": {status: deprecated, message: "Use 2.0.0"}\n'


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
def network(signer: Signer) -> Iterator[Network]:
    zone = Zone()
    zone.txt("example.com", signer.record)
    with dns_server(zone) as address:
        yield Network(resolver=address, dns_seconds=PATIENCE)


@pytest.fixture
def key(signer: Signer, tmp_path: Path) -> list[str]:
    pem = tmp_path / "key.pem"
    pem.write_bytes(keys.write_private(signer.private))
    return ["--key", str(pem), "--domain", "example.com"]


def status(*words: str) -> int:
    return cli.run(["status", *words])


def test_a_domains_owner_renames_by_a_request_that_the_gate_takes(
    forge: Forge, signer: Signer, key: list[str], registry: Registry, network: Network, file: Path
) -> None:
    """Whoever opens it: the key signs, with a counter beyond what has landed."""
    _, made, words = forge
    landed = signer.sign({FILE: LANDED}, counter=4)
    made.there |= {path: data.decode() for path, data in landed.items()}  # type: ignore[union-attr]
    registry.commit(
        {
            **signer.sign({**entry_file(NAME), **entry_file(NEW)}),
            **owners_file("com.example", keys=[signer.pin], proof="dns"),
            **landed,
        }
    )
    assert status(NAME, "--to", "deprecated", "--renamed-to", NEW, *words, *key) == 0
    assert made.written.keys() == {FILE, f"{FILE}.sig"}
    assert yaml.safe_load(made.written[FILE]) == {
        "1.0.0": {"status": "deprecated", "message": "Use 2.0.0"},
        "*": {"status": "deprecated", "renamed-to": NEW},
    }
    judgement = World(registry, network).judge(made.written, MALLORYS)
    assert judgement.verdict is ACCEPT, judgement
    assert made.opened[0]["title"] == f"Set the status of {NAME} to deprecated"


@pytest.mark.parametrize("forge", ["gitlab"], indirect=True)
@pytest.mark.parametrize(
    ("there", "words", "code", "told"),
    [
        (LANDED, ["1.0.0", "--to", "deprecated", "--message", "Use 2.0.0"], 2, "no changes"),
        ('"*": {status: deleted, by: operator}', ["--to", "active"], 2, "operator decided"),
        ("[", ["--to", "active"], 2, "cannot be read"),
        (LANDED, ["1.0.0", "--to", "active", "--renamed-to", NEW], 2, "renamed as a whole"),
        (LANDED, ["1.0.0", "--to", "active", "--message", "x"], 2, "has no message"),
        (LANDED, ["1.0.0", "--to", "active", "--dry-run"], 0, "would open a request as alice"),
    ],
)
def test_what_is_not_proposed(
    forge: Forge, there: str, words: list[str], code: int, told: str,
    capsys: pytest.CaptureFixture[str], file: Path,
) -> None:  # fmt: skip
    forge[1].there[FILE] = there
    assert status(NAME, *words, *forge[2]) == code
    shown = capsys.readouterr()
    assert told in shown.out + shown.err
    assert forge[1].opened == []


def test_by_the_api_a_key_is_enough_and_a_rename_stays(
    around: Surroundings, tmp_path: Path, signer: Signer, network: Network, key: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def owned(registry: Registry) -> None:
        registry.commit(
            {
                **entry_file(NAME),
                **owners_file("com.example", keys=[signer.pin], proof="dns"),
                FILE: f'"*": {{status: active, renamed-from: [{NEW}]}}\n',
            }
        )

    with around.running(tmp_path / "desk", network=network, prepare=owned) as desk:
        words = ["--registry", desk.url, *key]
        assert status(NAME, "1.0.0", "--to", "deprecated", "--message", "Old", *words) == 0
        assert "verdict: accept" in capsys.readouterr().out
        assert _stated(desk) == {
            "*": {"status": "active", "renamed-from": [NEW]},
            "1.0.0": {"status": "deprecated", "message": "Old"},
        }
        assert status("com.other/weather", "1.0.0", "--to", "deleted", *words) == 1
        assert status(NAME, "--to", "active", "--renamed-to", NEW, *words) == 2
        assert "a rename needs a request" in capsys.readouterr().err


def _stated(desk: Desk) -> Any:
    return yaml.safe_load(desk.file(FILE))
