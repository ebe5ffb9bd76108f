"""A package has many spellings: a line, a block or an advisory that is about it is about each of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.install.reference import FORMS
from builder.model.blocks import Block
from builder.policy.advisories import of_records
from builder.policy.blocks import Blocks
from builder.policy.difference import differences
from builder.policy.package_forms import identity, version
from tests.policy.test_lines import decided, entry

SAME = [
    ("pypi:evil-pkg", "Evil_Pkg"),
    ("pypi:evil-pkg", "evil.pkg[cli]"),
    ("pypi:Evil_Pkg", "evil-pkg[cli]"),
    ("nuget:evil.pkg", "Evil.Pkg"),
    ("oci:mcp/evil", "index.docker.io/mcp/evil:1.0"),
    ("mcp/*", "registry-1.docker.io/mcp/evil:1@sha256:" + 64 * "0"),
    ("docker.io/mcp/evil", "mcp/evil:1.0"),
    ("oci:redis", "docker.io/library/redis:7"),
    ("docker.io/library/redis", "redis"),
    ("library/redis", "index.docker.io/redis"),
    ("mcpb:https://evil.dev/*", "https://ev%69l.dev./a.mcpb"),
    ("mcpb:https://github.com/evil/x/*", "https://www.github.com/evil/x/releases/a.mcpb"),
    ("cargo:evil-mcp", "Evil_mcp"),
    ("cargo:evil_mcp", "evil-mcp"),
]


def of(kind: str, identifier: str) -> dict[str, Any]:
    return {"packages": [{"registryType": kind, "identifier": identifier, "version": "1.0.0"}]}


def kind_of(pattern: str, identifier: str) -> str:
    kind = pattern.partition(":")[0]
    return kind if kind in (*FORMS, "mcpb") else "pypi" if "[" in identifier else "oci"


@pytest.mark.parametrize(("pattern", "identifier"), SAME)
def test_a_package_is_the_same_in_every_spelling(pattern: str, identifier: str) -> None:
    about = entry(of(kind_of(pattern, identifier), identifier))
    assert decided({"package": pattern}, about)
    block = Block.model_validate({"package": pattern, "reason": "malware"})
    assert Blocks([block]).find(about, 0)
    # So is a list of what may be: each package has to be in it by one of its names.
    assert not decided({"outside": {"package": pattern}}, about)
    assert decided({"outside": {"package": "npm:@acme/*"}}, about)


def test_a_bundle_of_a_forge_comes_from_its_host() -> None:
    about = entry(of("mcpb", "https://www.github.com/evil/x/releases/a.mcpb"))
    assert decided({"package-registry": "github.com"}, about)
    assert not decided({"outside": {"package-registry": "github.com"}}, about)


def test_each_package_has_to_be_in_a_list() -> None:
    both = {"packages": [*of("npm", "@acme/x")["packages"], *of("npm", "evil")["packages"]]}
    assert decided({"outside": {"package": "npm:@acme/*"}}, entry(both))
    assert not decided({"outside": {"package": ["npm:@acme/*", "evil"]}}, entry(both))


def test_a_change_of_a_kind_that_is_in_a_list_is_not_outside() -> None:
    about = entry(of("npm", "b"), load_previous=lambda: of("npm", "a"))
    assert not decided({"outside": {"change": ["other-package"]}}, about)
    assert decided({"outside": {"change": ["new-host"]}}, about)


def test_another_spelling_is_no_other_package() -> None:
    assert not differences(of("pypi", "evil_pkg"), of("pypi", "Evil-Pkg[cli]"))
    assert not differences(of("oci", "index.docker.io/mcp/x:1"), of("oci", "mcp/x:2"))


_names = st.text("aB-_./:@1", min_size=1, max_size=12) | st.sampled_from([one for _, one in SAME])


@given(st.sampled_from(["pypi", "nuget", "oci"]), _names)
def test_what_a_runner_takes_for_one_package_is_one(kind: str, identifier: str) -> None:
    read = FORMS[kind].read(identifier)
    if read is not None and (kind == "oci" or not read.version):
        assert identity({"registryType": kind, "identifier": identifier}) == read.name


@pytest.mark.parametrize("spelling", ["1.0", "v1.0.0", "1", "01.0.0", "1.0.0+local", "1.0.0.0"])
def test_an_advisory_is_about_a_version_in_every_spelling(spelling: str) -> None:
    affected = {"package": {"ecosystem": "PyPI", "name": "evil-pkg"}, "versions": ["1.0.0"]}
    known = of_records([{"id": "MAL-1", "affected": [affected]}])
    document = of("pypi", "Evil_Pkg[cli]")
    document["packages"][0]["version"] = spelling
    assert known.about(document)
    document["packages"][0]["version"] = "1.0.1"
    assert not known.about(document)


def test_versions_that_are_others_stay_so() -> None:
    ones = [
        "1.0",
        "1.0.1",
        "1.0rc1",
        "1.0.post1",
        "1.0.dev1",
        "1!1.0",
        "10.0",
        "0.1",
        "x",
        "1.0.0-a.b",
        "",
    ]
    assert len(set(map(version, ones))) == len(ones)
    assert version("1.0.0-rc.1") == version("1.0rc1") == version("V1.0.0-RC1")
