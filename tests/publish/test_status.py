"""Lifecycle and corrections by the API: who may, what changes, and what is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.publish.running import Desk, bearer
from tests.registry import entry

NAME = "io.github.alice/weather"
PATH = quote(NAME, safe="")
OFFICIAL = "io.modelcontextprotocol.registry/official"


@pytest.fixture
def token(desk: Desk) -> str:
    made = desk.token()
    for version in ("1.0.0", "1.1.0"):
        assert desk.publish(entry(NAME, version), made).status_code == 200
    return made


def official(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()["_meta"][OFFICIAL]
    return found


def test_a_version_is_deprecated_deleted_and_restored(desk: Desk, token: str) -> None:
    version, shown = f"{PATH}/versions/1.1.0/status", f"/v0/servers/{PATH}/versions"
    answer = desk.patch(version, token, status="deprecated", statusMessage='Use "2.0.0"')
    assert answer.status_code == 200
    assert official(answer)["status"] == "deprecated"
    assert official(answer)["statusMessage"] == 'Use "2.0.0"'
    assert desk.get(f"{shown}/1.1.0").json() == answer.json()
    assert official(desk.patch(version, token, status="deleted"))["status"] == "deleted"
    assert desk.get(f"{shown}/1.1.0").status_code == 404
    assert desk.get(f"{shown}/1.1.0?include_deleted=true").status_code == 200
    assert desk.get(f"{shown}/latest").json()["server"]["version"] == "1.0.0"
    # A deleted version stays used up, and is not corrected.
    assert desk.publish(entry(NAME, "1.1.0"), token).status_code == 400
    restored = desk.patch(version, token, status="active")
    assert official(restored)["status"] == "active" and official(restored)["isLatest"]
    assert "statusMessage" not in official(restored)
    assert len(desk.commits()) == 1 + 2 + 3


def test_all_versions_at_once(desk: Desk, token: str) -> None:
    before = desk.commits()
    answer = desk.patch(f"{PATH}/status", token, status="deleted", statusMessage="Gone.")
    body = answer.json()
    assert (answer.status_code, body["updatedCount"]) == (200, 2)
    assert {item["_meta"][OFFICIAL]["status"] for item in body["servers"]} == {"deleted"}
    assert desk.get(f"/v0/servers/{PATH}/versions").status_code == 404
    assert desk.commits()[1:] == before


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{PATH}/versions/1.1.0/status", {"status": "active"}, 400),  # it is that already
        (f"{PATH}/versions/1.1.0/status", {"status": "active", "statusMessage": "x"}, 400),
        (f"{PATH}/versions/1.1.0/status", {"status": "gone"}, 422),
        (f"{PATH}/versions/1.1.0/status", {"status": "deleted", "more": "x"}, 422),
        (f"{PATH}/versions/1.1.0/status", {"status": "deleted", "statusMessage": "x" * 501}, 422),
        (f"{PATH}/versions/9.9.9/status", {"status": "deleted"}, 404),
        ("io.github.alice%2Fnothing/status", {"status": "deleted"}, 404),
        ("no-name/status", {"status": "deleted"}, 404),
        ("%zz/status", {"status": "deleted"}, 400),
        ("%FF/status", {"status": "deleted"}, 400),
    ],
)
def test_changes_that_are_none(
    desk: Desk, token: str, path: str, body: dict[str, str], status: int
) -> None:
    tip = desk.tip
    answer = desk.patch(path, token, **body)
    assert answer.status_code == status, answer.text
    assert desk.tip == tip


def test_another_s_servers_are_not_changed(desk: Desk, token: str) -> None:
    tip, mallory = desk.tip, desk.token(github_token="gho_mallory")
    for path in (f"{PATH}/status", f"{PATH}/versions/1.0.0/status"):
        answer = desk.patch(path, mallory, status="deleted")
        assert answer.status_code == 403
    assert desk.put(entry(NAME, "1.0.0", description="Mine."), mallory).status_code == 403
    assert desk.put(entry(NAME, "1.0.0", description="Mine."), token).status_code == 403
    assert desk.tip == tip


def operator(desk: Desk) -> str:
    return desk.token(
        "oidc", oidc_token=desk.issuer.token(aud="registry-client", groups="operators")
    )


def test_an_administrator_corrects_and_nothing_else(desk: Desk, token: str) -> None:
    admin = operator(desk)
    corrected = entry(NAME, "1.0.0", description="Corrected.")
    answer = desk.put(corrected, admin)
    assert (answer.status_code, answer.json()["server"]) == (200, corrected)
    assert desk.put(corrected, admin).status_code == 400  # nothing changes
    url = f"{desk.url}/v0/servers/{PATH}/versions/1.0.0"
    for document in (entry(NAME, "1.0.1"), entry("io.github.alice/other", "1.0.0")):
        answer = desk.client.put(url, json=document, headers=bearer(admin))
        assert answer.status_code == 400
    assert desk.put(entry(NAME, "9.0.0"), admin).status_code == 404
    assert desk.put(entry(NAME, "1.0.0", description="x" * 101), admin).status_code == 422
    desk.patch(f"{PATH}/versions/1.0.0/status", admin, status="deleted")
    assert desk.put(entry(NAME, "1.0.0", description="More."), admin).status_code == 404
    # What the operator has deleted no publisher brings back.
    answer = desk.patch(f"{PATH}/versions/1.0.0/status", token, status="active")
    assert answer.status_code in (400, 403, 409), answer.text
    assert desk.get(f"/v0/servers/{PATH}/versions/1.0.0").status_code == 404
