"""npm, PyPI, NuGet and Cargo: the token in the README, or in the metadata."""

from __future__ import annotations

import pytest

from tests.local_server import NOT_FOUND, Reply, Request, as_json, routes, serving
from tests.package_proof.asking import NAME, ask, codes
from tests.package_proof.packages import (
    ABSENT,
    NOT_OWNED,
    OWNED,
    UNVERIFIED,
    npm,
)

TOKEN = f"<!-- mcp-name: {NAME} -->"


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
