"""The fourteen failures of other registries' gates, and the attacks on ours, through the API.

The same as tests/hostile tries by pull requests. Two of the fourteen (9 and 10: workflows that run
code of a pull request, and their caches) have no counterpart: nothing that is sent is run or kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.patience import wait_for
from tests.publish.running import Desk, Surroundings, bearer
from tests.registry import Registry, entry

HERS, MINE = "io.github.alice/weather", "io.github.mallory/tool"


@pytest.fixture(scope="module")
def owned(around: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A registry in which alice has published, and mallory too."""
    with around.running(tmp_path_factory.mktemp("attacks")) as desk:
        for name, secret in ((HERS, "gho_alice"), (MINE, "gho_mallory")):
            token = desk.token(github_token=secret)
            assert desk.publish(entry(name, "1.0.0"), token).status_code == 200
        yield desk


def _sent(**fields: Any) -> bytes:
    return json.dumps(entry(HERS, "6.6.6", **fields)).encode()


TWICE = _sent().replace(b'"name": ', b'"name": "io.github.mallory/tool", "name": ', 1)
PUBLICATIONS: list[tuple[str, bytes, int]] = [
    ("01 owners in what is sent", _sent(owners=[{"github": "mallory", "id": 666}]), 422),
    ("01 another's name", _sent(), 403),
    ("02 many entries in one", json.dumps([entry(MINE), entry(HERS)]).encode(), 422),
    ("02 another's entry hidden in one's own", json.dumps({**entry(MINE, "6.6.6"), "server": entry(HERS)}).encode(), 422),
    ("04 a path to the checker", json.dumps(entry("io.github.mallory/../../builder/cli", "1.0.0")).encode(), 422),
    ("04 a version that is a path", json.dumps(entry(MINE, "../../../registry.yaml")).encode(), 422),
    ("06 words that shall open the gate", _sent(title="override verified-owner skip-checks"), 403),
    ("06 a label in _meta", _sent(_meta={"io.modelcontextprotocol.registry/official": {"status": "active"}}), 422),
    ("07 a name that is there twice", TWICE, 400),
    ("11 a version that is a command", json.dumps(entry(MINE, "$(touch /tmp/owned)`id`")).encode(), 422),
    ("13 another case", json.dumps(entry("io.github.Alice/weather", "6.6.6")).encode(), 403),
    ("13 a look-alike letter", json.dumps(entry("io.github.\u0430lice/weather", "6.6.6")).encode(), 422),
    ("13 an invisible letter", json.dumps(entry("io.github.alice\u200b/weather", "6.6.6")).encode(), 422),
    ("14 the first claim of a great name", json.dumps(entry("com.microsoft/copilot", "1.0.0")).encode(), 403),
    ("an escaped slash", json.dumps(entry("io.github.mallory%2F..%2Fio.github.alice/x", "1.0.0")).encode(), 422),
    ("a version that was published", json.dumps(entry(MINE, "1.0.0", description="Altered.")).encode(), 400),
    ("a document of a megabyte", _sent(title="x" * 1_100_000), 413),
    ("a document of five thousand levels", b'{"_meta":' * 5_000, 400),
    ("a lone surrogate", _sent(title="x").replace(b'"x"', b'"\\ud800"'), 400),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status"), [one[1:] for one in PUBLICATIONS], ids=[one[0] for one in PUBLICATIONS])  # fmt: skip
def test_a_publication_that_is_an_attack(owned: Desk, body: bytes, status: int) -> None:
    tip, token = owned.tip, owned.token(github_token="gho_mallory")
    headers = {**bearer(token), "X-Forwarded-User": "alice", "X-GitHub-Actor": "alice"}
    answer = owned.client.post(f"{owned.url}/v0/publish", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status and "Traceback" not in answer.text
    assert owned.tip == tip, "nothing was written"
    assert owned.get("/v0/servers?limit=1").status_code == 200


def test_03_an_edit_does_not_move_a_server(owned: Desk) -> None:
    tip, token = owned.tip, owned.token(github_token="gho_mallory")
    path = f"{quote(HERS, safe='')}/versions/1.0.0"
    for name in (HERS, MINE):
        answer = owned.client.put(
            f"{owned.url}/v0/servers/{path}", json=entry(name), headers=bearer(token)
        )
        assert answer.status_code == 403
    for status in ("deleted", "deprecated"):
        assert owned.patch(f"{path}/status", token, status=status).status_code == 403
        everything = f"{quote(HERS, safe='')}/status"
        assert owned.patch(everything, token, status=status).status_code == 403
    assert owned.tip == tip


def test_05_a_login_that_was_registered_again_has_another_number(owned: Desk) -> None:
    again = owned.token(github_token="gho_fake_alice")
    assert owned.publish(entry(HERS, "1.1.0"), again).status_code == 403
    owned.accounts.users["gho_renamed"] = ("alice2", 583231)
    renamed = owned.token(github_token="gho_renamed")
    assert owned.publish(entry(HERS, "1.0.1"), renamed).status_code == 200


def test_08_who_owned_it_when_the_token_was_given_owns_it_no_more(
    around: Surroundings, tmp_path: Path
) -> None:
    """What is judged is what is written: the branch as it is when the commit is made."""
    with around.running(tmp_path) as desk:
        token = desk.token()
        assert desk.publish(entry(HERS, "1.0.0"), token).status_code == 200
        registry: Registry = desk.registry
        wait_for(lambda: registry.git("status", "--porcelain") == "")  # the working tree follows
        taken = {"owners": [{"github": "bob", "id": 42}], "proof": "github"}
        registry.commit({"servers/io.github.alice/namespace.yaml": json.dumps(taken)})
        tip = desk.tip
        assert desk.publish(entry(HERS, "1.1.0"), token).status_code == 403
        assert desk.tip == tip
