"""Every type of package that the rules allow has a proof; fields are checked before anybody is asked."""

from __future__ import annotations

from typing import Any

import pytest

from builder.model.package_types import PACKAGE_TYPES, base_urls
from builder.package_proof import PROOFS
from tests.local_server import routes, serving
from tests.package_proof.asking import ask, codes
from tests.package_proof.packages import (
    RELEASE,
    bundle,
    image,
    npm,
    wrong_fields,
)

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
