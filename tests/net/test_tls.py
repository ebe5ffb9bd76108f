"""The address is checked and connected to; the certificate is still the host's."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.net import transport
from tests.ownership.servers import Authority, Site, body, https_server
from tests.package_proof.asking import NAME, ask, codes

PACKAGE = {"registryType": "npm", "identifier": "weather", "version": "1.0.0"}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that is trusted for this test."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.root))
    transport.default_tls.cache_clear()
    yield made
    transport.default_tls.cache_clear()


@pytest.fixture(autouse=True)
def _everything_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every host is on loopback, where the server listens."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: real("127.0.0.1", *rest, **more),
    )


def test_host_is_named_and_verified(authority: Authority) -> None:
    site = Site(body(json.dumps({"mcpName": NAME})))
    with https_server(site, authority, "packages.example"):
        url = f"https://packages.example:{site.port}"
        assert ask(PACKAGE, {"npm": url}) == []
        assert site.requests == [(f"packages.example:{site.port}", "/weather/1.0.0")]


def test_certificate_of_another_host_is_refused(authority: Authority) -> None:
    site = Site(body(json.dumps({"mcpName": NAME})))
    with https_server(site, authority, "other.example"):
        url = f"https://packages.example:{site.port}"
        (found,) = ask(PACKAGE, {"npm": url})
        assert codes([found]) == ["package-unverified"]
        assert "certificate verify failed" in found.message
        assert site.requests == []


def test_unknown_authority_is_refused(tmp_path: Path) -> None:
    site = Site(body(json.dumps({"mcpName": NAME})))
    with https_server(site, Authority(tmp_path), "packages.example"):
        found = ask(PACKAGE, {"npm": f"https://packages.example:{site.port}"})
        assert codes(found) == ["package-unverified"]
        assert site.requests == []
