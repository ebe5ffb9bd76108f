"""Each package type against a server that speaks its protocol (contract, R35 to R40)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from builder.model.package_types import PACKAGE_TYPES, base_urls
from builder.package_proof import PROOFS
from builder.rules import package_fields
from tests.local_server import NOT_FOUND, Reply, Request, as_json, routes, serving
from tests.package_proof.asking import NAME, ask, codes

TOKEN = f"<!-- mcp-name: {NAME} -->"
OWNED: list[str] = []
NOT_OWNED, ABSENT, UNVERIFIED = ["package-not-owned"], ["package-not-found"], ["package-unverified"]


def wrong_fields(package: dict[str, Any]) -> list[str]:
    """The fields that the rules refuse, so that nobody is asked about the package."""
    kind = PACKAGE_TYPES[package["registryType"]]
    return [field.key for field in package_fields.wrong(kind, package)]


def npm(**changed: Any) -> dict[str, Any]:
    return {
        "registryType": "npm", "identifier": "@acme/weather", "version": "1.2.0+a b", **changed
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(as_json({"mcpName": NAME}), OWNED, id="named"),
        pytest.param(as_json({"name": "@acme/weather"}), NOT_OWNED, id="unnamed"),
        pytest.param(as_json({"mcpName": f"{NAME}-pro"}), NOT_OWNED, id="another-name"),
        pytest.param(as_json({"mcpName": NAME.upper()}), NOT_OWNED, id="another-case"),
        pytest.param(as_json({"mcpName": [NAME]}), NOT_OWNED, id="not-a-string"),
        pytest.param(NOT_FOUND, ABSENT, id="absent"),
        pytest.param(Reply(b'{"mcpName"'), UNVERIFIED, id="broken-json"),
        pytest.param(as_json([NAME]), UNVERIFIED, id="not-an-object"),
        pytest.param(Reply(b"[" * 100_000), UNVERIFIED, id="deep-json"),
    ],
)
def test_npm(reply: Reply, expected: list[str]) -> None:
    with serving(routes({"/@acme%2Fweather/1.2.0+a%20b": reply})) as server:
        assert codes(ask(npm(), {"npm": server.url})) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({"info": {"description": f"# Hi\n\n{TOKEN}\n"}}, OWNED, id="token"),
        pytest.param({"info": {"description": f"mcp-name: {NAME}-pro"}}, NOT_OWNED, id="longer"),
        pytest.param({"info": {"description": None}}, NOT_OWNED, id="no-description"),
        pytest.param({"info": {"summary": TOKEN}}, NOT_OWNED, id="token-elsewhere"),
        pytest.param({"info": []}, NOT_OWNED, id="odd-info"),
    ],
)
def test_pypi(document: object, expected: list[str]) -> None:
    package = {"registryType": "pypi", "identifier": "acme-weather", "version": "1.0"}
    with serving(routes({"/pypi/acme-weather/1.0/json": as_json(document)})) as server:
        assert codes(ask(package, {"pypi": server.url})) == expected


@pytest.mark.parametrize(
    ("readme", "versions", "expected"),
    [
        pytest.param(Reply(TOKEN.encode()), NOT_FOUND, OWNED, id="token"),
        pytest.param(Reply(b"Weather."), NOT_FOUND, NOT_OWNED, id="no-token"),
        pytest.param(NOT_FOUND, as_json({"versions": ["1.0.0-beta"]}), NOT_OWNED, id="no-readme"),
        pytest.param(NOT_FOUND, as_json({"versions": ["0.9.0"]}), ABSENT, id="no-version"),
        pytest.param(NOT_FOUND, as_json({"versions": 3}), ABSENT, id="odd-versions"),
        pytest.param(NOT_FOUND, NOT_FOUND, ABSENT, id="no-package"),
    ],
)
def test_nuget(readme: Reply, versions: Reply, expected: list[str]) -> None:
    package = {"registryType": "nuget", "identifier": "Acme.Weather", "version": "1.0.0-Beta+7"}

    def answer(request: Request) -> Reply:
        here = f"http://{request.headers['Host']}"
        index = [
            {"@id": f"{here}/flat/", "@type": "PackageBaseAddress/3.0.0"},
            {
                "@id": f"{here}/flat/{{lower_id}}/{{lower_version}}/readme",
                "@type": "ReadmeUriTemplate/6.13.0",
            },
        ]
        return routes(
            {
                "/v3/index.json": as_json({"resources": index}),
                "/flat/acme.weather/1.0.0-beta/readme": readme,
                "/flat/acme.weather/index.json": versions,
            }
        )(request)

    with serving(answer) as server:
        assert codes(ask(package, {"nuget": f"{server.url}/v3/index.json"})) == expected


def test_nuget_without_the_resource_is_not_the_publishers_fault() -> None:
    package = {"registryType": "nuget", "identifier": "Acme.Weather", "version": "1.0.0"}
    with serving(routes({"/": as_json({"resources": [{}, 1]})})) as server:
        assert codes(ask(package, {"nuget": f"{server.url}/"})) == UNVERIFIED


CRATE = {"registryType": "cargo", "identifier": "acme-weather", "version": "1.0.0"}


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        pytest.param(Reply(f"<p>mcp-name: {NAME}</p>".encode()), OWNED, id="token"),
        pytest.param(Reply(b"<p>Weather</p>"), NOT_OWNED, id="no-token"),
        pytest.param(Reply(status=403), NOT_OWNED, id="no-readme"),
    ],
)
def test_cargo(readme: Reply, expected: list[str]) -> None:
    with serving(routes({"/readmes/acme-weather.html": readme})) as files:
        place = as_json({"url": f"{files.url}/readmes/acme-weather.html"})
        with serving(routes({"/api/v1/crates/acme-weather/1.0.0/readme": place})) as server:
            bases = {"cargo": server.url, "cargo-files": files.url}
            assert codes(ask(CRATE, bases)) == expected
            assert server.requests[0].headers["Accept"] == "application/json"


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/readme", "http://user@{host}/readme", "not a url", "", "http://[/"],
)
def test_cargo_readme_elsewhere_is_not_read(url: str) -> None:
    def answer(request: Request) -> Reply:
        return as_json({"url": url.replace("{host}", request.headers["Host"])})

    with serving(answer) as server:
        found = ask(CRATE, {"cargo": server.url, "cargo-files": server.url})
        assert codes(found) == UNVERIFIED
        assert len(server.requests) == 1


def test_cargo_redirect_elsewhere_is_not_followed() -> None:
    with serving(routes({"/": Reply(TOKEN.encode())})) as elsewhere:
        away = Reply(status=302, headers={"Location": f"{elsewhere.url}/"})
        with serving(routes({"/readme": away})) as files:
            place = as_json({"url": f"{files.url}/readme"})
            with serving(routes({"/api/v1/crates/acme-weather/1.0.0/readme": place})) as server:
                found = ask(CRATE, {"cargo": server.url, "cargo-files": files.url})
        assert codes(found) == UNVERIFIED
        assert elsewhere.requests == []


def bundle(identifier: str, **changed: Any) -> dict[str, Any]:
    return {
        "registryType": "mcpb", "identifier": identifier, "fileSha256": "ab" * 32, **changed
    }  # fmt: skip


RELEASE = "https://github.com/acme/weather/releases/download/v1.0.0/weather.mcpb"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(Reply(), OWNED, id="there"),
        pytest.param(Reply(status=302, headers={"Location": "https://x.test/"}), OWNED, id="302"),
        pytest.param(Reply(status=302), ABSENT, id="302-to-nowhere"),
        pytest.param(Reply(status=404), ABSENT, id="absent"),
        pytest.param(Reply(status=403), ABSENT, id="private"),
    ],
)
def test_mcpb(reply: Reply, expected: list[str]) -> None:
    path = "/acme/weather/releases/download/v1.0.0/weather.mcpb"
    with serving(routes({path: reply})) as server:
        assert codes(ask(bundle(RELEASE), {"mcpb:github.com": server.url})) == expected
        assert [(request.method, request.path) for request in server.requests] == [("HEAD", path)]


@pytest.mark.parametrize(
    "identifier",
    [
        "http://github.com/acme/mcp/releases/download/v1/a.mcpb",
        "https://github.com/acme/mcp/releases/latest/download/a.mcpb",
        "https://github.com:443/acme/mcp/raw/main/a.mcpb",
        "https://example.com/mcp/a.mcpb",
        "https://github.com/acme/x/releases/download/v1/a.zip",
        "weather.mcpb",
    ],
)
def test_mcpb_address_that_proves_nothing_is_not_asked(identifier: str) -> None:
    with serving(routes({})) as server:
        bases = {"mcpb:github.com": server.url, "mcpb:example.com": server.url}
        assert codes(ask(bundle(identifier), bases)) == []
        assert server.requests == []
    assert wrong_fields(bundle(identifier)) == ["identifier"]


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


def image(identifier: str = "ghcr.io/acme/weather:1.0", **changed: Any) -> dict[str, Any]:
    return {"registryType": "oci", "identifier": identifier, **changed}


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


HASH = "ab" * 32


@pytest.mark.parametrize(
    ("package", "keys"),
    [
        pytest.param(npm(version=""), ["version"], id="npm-version"),
        pytest.param(npm(fileSha256=HASH), ["fileSha256"], id="npm-hash"),
        pytest.param({"registryType": "pypi"}, ["identifier", "version"], id="pypi-nothing"),
        pytest.param(image(version="1"), ["version"], id="oci-version"),
        pytest.param(
            image(registryBaseUrl="https://docker.io"), ["registryBaseUrl"], id="oci-base"
        ),
        pytest.param(bundle(RELEASE, fileSha256=""), ["fileSha256"], id="mcpb-hash"),
        pytest.param(bundle(RELEASE, registryBaseUrl="x"), ["registryBaseUrl"], id="mcpb-base"),
        pytest.param(
            npm(registryBaseUrl=base_urls()["npm"] + "/"), ["registryBaseUrl"], id="slash"
        ),
    ],
)
def test_fields_are_checked_before_anyone_is_asked(
    package: dict[str, Any], keys: list[str]
) -> None:
    assert ask(package, {}) == []
    assert wrong_fields(package) == keys


@pytest.mark.parametrize("kind", ["npm", "pypi", "nuget", "cargo"])
def test_own_base_url_may_be_given(kind: str) -> None:
    with serving(routes({})) as server:
        package = {"registryType": kind, "identifier": "a", "version": "1", "registryBaseUrl": base_urls()[kind]}  # fmt: skip
        assert "package-base-url" not in codes(ask(package, {kind: server.url}))
        assert server.requests


def test_every_type_that_the_rules_allow_has_a_proof() -> None:
    assert set(PROOFS) == set(PACKAGE_TYPES)


@pytest.mark.parametrize("kind", ["maven", ["npm"], None])
def test_other_types_are_left_to_the_rules(kind: object) -> None:
    assert ask({"registryType": kind, "identifier": "a"}, {}) == []
