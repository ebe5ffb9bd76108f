"""A signed time and a token of CI count once: also after a restart, in two processes, and respelled."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from builder.model.errors import RegistryError
from builder.net.network import Network
from builder.publish import domain_login
from builder.publish.replay_memory import FILE, NotRemembered, ReplayMemory, remembering
from tests.ownership.issuer import GITHUB_CLAIMS, ec
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import Signer
from tests.publish.credentials import oidc_token, signed_now
from tests.publish.running import Surroundings, served

DOMAIN = "example.org"


@pytest.fixture
def zone() -> Iterator[tuple[Zone, Network]]:
    made = Zone()
    with dns_server(made) as resolver:
        yield made, Network(resolver=resolver)


def asked(url: str, method: str, proof: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{url}/v0/auth/{method}", json=proof, trust_env=False)


def test_a_server_that_was_restarted_knows_what_was_used(
    around: Surroundings, tmp_path: Path, zone: tuple[Zone, Network]
) -> None:
    signer = Signer()
    zone[0].txt(DOMAIN, signer.record)
    ahead = signed_now(signer, DOMAIN, seconds=domain_login.SKEW - 1)
    with around.running(tmp_path, network=zone[1]) as desk:
        ci = {"oidc_token": oidc_token(desk)}
        for method, proof in (("dns", ahead), ("github-oidc", ci)):
            assert desk.log_in(method, **proof).status_code == 200
    with served(desk.registry, desk.out, io.StringIO(), zone[1]) as url:
        for method, proof in (("dns", ahead), ("github-oidc", ci)):
            again = asked(url, method, proof)
            assert (again.status_code, "used before" in again.text) == (401, True), again.text
        # Nobody waits for it: what was not used is taken at once, also if it is from before.
        assert asked(url, "dns", signed_now(signer, DOMAIN, seconds=-5)).status_code == 200
        assert asked(url, "github-oidc", {"oidc_token": oidc_token(desk, jti="2")}).is_success


def test_a_registry_that_is_new_takes_logins_at_once(
    around: Surroundings, tmp_path: Path, zone: tuple[Zone, Network]
) -> None:
    """Nothing was used yet, so that the contract's 15 seconds hold from the first request."""
    signer = Signer()
    zone[0].txt(DOMAIN, signer.record)
    with around.running(tmp_path, network=zone[1]) as desk:
        pass
    (desk.registry.repository.folder / FILE).unlink()
    with served(desk.registry, desk.out, io.StringIO(), zone[1]) as url:
        early = signed_now(signer, DOMAIN, seconds=2 - domain_login.SKEW)
        assert asked(url, "dns", early).status_code == 200
        old = {"oidc_token": oidc_token(desk, iat=int(time.time()) - 60)}
        assert asked(url, "github-oidc", old).status_code == 200


def test_a_token_with_another_signature_that_holds_is_the_same_token(
    around: Surroundings, tmp_path: Path
) -> None:
    """Of a signature with an elliptic curve anybody can make a second one: its s, subtracted from n."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    key = ec("curve")
    around.issuer.keys.append(key)
    try:
        with around.running(tmp_path) as desk:
            token = desk.issuer.token(key, "ES256", **GITHUB_CLAIMS)
            assert desk.log_in("github-oidc", oidc_token=token).status_code == 200
            signed, _, text = token.rpartition(".")
            raw = base64.urlsafe_b64decode(f"{text}==")
            mirrored = order - int.from_bytes(raw[32:])
            other = base64.urlsafe_b64encode(raw[:32] + mirrored.to_bytes(32)).rstrip(b"=")
            answer = desk.log_in("github-oidc", oidc_token=f"{signed}.{other.decode()}")
            assert (answer.status_code, "used before" in answer.text) == (401, True), answer.text
    finally:
        around.issuer.keys.remove(key)


def test_two_processes_take_it_once(tmp_path: Path) -> None:
    with remembering(tmp_path) as one, remembering(tmp_path) as other:
        assert one.use("a", 10.0, 3.0) and not other.use("a", 10.0, 3.0)
        assert other.use("a", 20.0, 10.0), "it would be refused as too old by itself"


def test_what_cannot_be_written_down_does_not_count(tmp_path: Path) -> None:
    with remembering(tmp_path) as memory:
        pass
    with pytest.raises(NotRemembered):
        memory.use("a", 10.0, 3.0)
    (tmp_path / FILE).write_bytes(b"not a database, " * 100)
    with pytest.raises(RegistryError, match="used twice"), remembering(tmp_path):
        pass
    with pytest.raises(RegistryError, match="used twice"), remembering(tmp_path / "none"):
        pass


def test_what_was_used_is_forgotten_when_it_would_be_refused_anyway(tmp_path: Path) -> None:
    with remembering(tmp_path) as memory:
        assert memory.use("a", 10.0, 0.0)
        assert not memory.use("a", 10.0, 9.9)
        assert memory.use("b", 20.0, 0.0)
        for number in range(50):
            assert memory.use(str(number), 1.0, 0.5 if number < 25 else 2.0)
        assert held(memory) < 50
        assert not memory.use("b", 20.0, 19.0)


def held(memory: ReplayMemory) -> int:
    (count,) = memory._database.execute("SELECT count(*) FROM used").fetchone()
    return int(count)
