"""Images: the label in the configuration, by the digests that lead to it."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.local_server import Reply, Request, as_json, routes, serving
from tests.package_proof.asking import NAME, ask, codes
from tests.package_proof.packages import (
    ABSENT,
    NOT_OWNED,
    OWNED,
    UNVERIFIED,
    image,
    wrong_fields,
)


def sha256(value: object) -> str:
    return "sha256:" + hashlib.sha256(json.dumps(value).encode()).hexdigest()


class ImageRegistry:
    """An image registry with one image, which gives everyone a token and asks for it."""

    def __init__(self, labels: object, *, index: bool = False, token: bool = True) -> None:
        self.settings: dict[str, object] = {"config": {"Labels": labels}}
        self.manifest = {"config": {"digest": sha256(self.settings)}}
        self.index = {
            "manifests": [
                {"digest": "sha256:" + "0" * 64, "platform": {"os": "unknown"}},
                {
                    "digest": sha256(self.manifest),
                    "platform": {"os": "linux", "architecture": "amd64"},
                },
            ]
        }
        top = self.index if index else self.manifest
        self.table = {
            "/v2/acme/weather/manifests/1.0": as_json(top),
            f"/v2/acme/weather/manifests/{sha256(top)}": as_json(top),
            f"/v2/acme/weather/manifests/{sha256(self.manifest)}": as_json(self.manifest),
            f"/v2/acme/weather/blobs/{sha256(self.settings)}": as_json(self.settings),
        }
        self.token = token

    def __call__(self, request: Request) -> Reply:
        host = request.headers["Host"]
        if request.path == "/token":
            assert request.query == {
                "account": "nobody", "service": host, "scope": "repository:acme/weather:pull"
            }  # fmt: skip
            return as_json({"token": "free"})
        if self.token and request.headers.get("Authorization") != "Bearer free":
            challenge = (
                f'Bearer realm="http://{host}/token?account=nobody",service="{host}",'
                'scope="repository:acme/weather:pull"'
            )
            return Reply(status=401, headers={"WWW-Authenticate": challenge})
        return routes(self.table)(request)


LABELS = {"io.modelcontextprotocol.server.name": NAME}


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        pytest.param(ImageRegistry(LABELS), OWNED, id="label"),
        pytest.param(ImageRegistry(LABELS, token=False), OWNED, id="no-token-asked"),
        pytest.param(ImageRegistry(LABELS, index=True), OWNED, id="several-platforms"),
        pytest.param(ImageRegistry({}), NOT_OWNED, id="no-label"),
        pytest.param(ImageRegistry(None), NOT_OWNED, id="no-labels"),
        pytest.param(
            ImageRegistry({next(iter(LABELS)): f"{NAME}-pro"}), NOT_OWNED, id="another-label"
        ),
    ],
)
def test_oci(registry: ImageRegistry, expected: list[str]) -> None:
    with serving(registry) as server:
        assert codes(ask(image(), {"oci:ghcr.io": server.url})) == expected


def test_oci_by_digest_must_have_that_digest() -> None:
    registry = ImageRegistry(LABELS)
    digest = sha256(registry.manifest)
    with serving(registry) as server:
        bases = {"oci:ghcr.io": server.url}
        assert ask(image(f"ghcr.io/acme/weather@{digest}"), bases) == []
        registry.table[f"/v2/acme/weather/manifests/{digest}"] = as_json({"config": {}})
        assert codes(ask(image(f"ghcr.io/acme/weather:1.0@{digest}"), bases)) == UNVERIFIED


def test_oci_configuration_with_other_bytes_is_not_believed() -> None:
    registry = ImageRegistry({})
    forged = as_json({"config": {"Labels": LABELS}})
    registry.table[f"/v2/acme/weather/blobs/{sha256(registry.settings)}"] = forged
    with serving(registry) as server:
        assert codes(ask(image(), {"oci:ghcr.io": server.url})) == UNVERIFIED


def test_oci_private_or_missing() -> None:
    registry = ImageRegistry(LABELS)
    with serving(registry) as server:
        bases = {"oci:ghcr.io": server.url}
        assert codes(ask(image("ghcr.io/acme/weather:2.0"), bases)) == ABSENT
        registry.table["/v2/acme/weather/manifests/1.0"] = Reply(status=403)
        assert codes(ask(image(), bases)) == ABSENT
    with serving(lambda request: Reply(status=401)) as server:
        assert codes(ask(image(), {"oci:ghcr.io": server.url})) == ABSENT


@pytest.mark.parametrize("answer", [{"token": "a\nb"}, {"token": "ü"}, {}, {"token": 3}])
def test_oci_odd_token_is_not_sent(answer: object) -> None:
    def reply(request: Request) -> Reply:
        realm = f'Bearer realm="http://{request.headers["Host"]}/token"'
        return (
            as_json(answer)
            if request.path == "/token"
            else Reply(status=401, headers={"WWW-Authenticate": realm})
        )

    with serving(reply) as server:
        assert codes(ask(image(), {"oci:ghcr.io": server.url})) == UNVERIFIED


@pytest.mark.parametrize("manifest", [{}, {"manifests": []}, {"manifests": [1]}, {"config": {"digest": "sha256:../../x"}}])  # fmt: skip
def test_oci_odd_manifest(manifest: object) -> None:
    with serving(routes({"/v2/acme/weather/manifests/1.0": as_json(manifest)})) as server:
        assert codes(ask(image(), {"oci:ghcr.io": server.url})) == UNVERIFIED
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("weather", "/v2/library/weather/manifests/latest"),
        ("acme/weather:1", "/v2/acme/weather/manifests/1"),
        ("docker.io/acme/weather", "/v2/acme/weather/manifests/latest"),
        ("index.docker.io/weather:1", "/v2/library/weather/manifests/1"),
    ],
)
def test_oci_names_of_docker(identifier: str, expected: str) -> None:
    with serving(routes({})) as server:
        ask(image(identifier), {"oci:registry-1.docker.io": server.url})
        assert server.targets == [expected]


@pytest.mark.parametrize(
    "identifier",
    [
        "gcr.io/acme/weather",
        "localhost/acme/weather",
        "127.0.0.1:5000/weather",
        "ghcr.io.evil.example/a",
        "ghcr.io/../../etc",
        "ghcr.io/Acme/Weather",
        "ghcr.io/acme/weather:a b",
        "ghcr.io/acme/weather@sha256:abc",
        "ghcr.io/acme/weather:1?x",
        "evil.example#.pkg.dev/a/b",
        "user@x.pkg.dev/a/b",
        "x.azurecr.io:5000/a/b",
    ],
)
def test_oci_name_that_is_not_taken(identifier: str) -> None:
    assert codes(ask(image(identifier), {})) == []
    assert wrong_fields(image(identifier)) == ["identifier"]
