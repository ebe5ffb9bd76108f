"""A mirror of a registry of ours verifies it, and keeps the proofs of where its entries come from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder import cli
from builder.build.build import build
from builder.pull import origin
from tests.registry import entry_file
from tests.trust.chain import Link, link
from tests.trust.sites import LyingServer, Site, lying_server, write_key
from tests.trust.trusted_sites import TRUST, Trusted, make_trusted

NAME = "com.example/one"


@dataclass
class Chain:
    """The registries, and the server of each but the last."""

    origin: Trusted
    mirror: Link
    company: Link
    served: LyingServer


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    first = make_trusted(folder)
    first.site.publish("one", "two")
    assert first.deploy() == 0
    with lying_server(first.site) as served:
        mirror = link(folder, "mirror", served.url)
        assert mirror.mirror() == 0
        mirror.deploy()
        with lying_server(Site(mirror.registry, folder, mirror.out)) as between:
            company = link(folder, "company", between.url)
            assert company.mirror() == 0
            company.deploy()
            yield Chain(first, mirror, company, served)


@pytest.mark.parametrize("place", ["mirror", "company"])
def test_a_mirror_proves_that_an_entry_is_the_origins(
    place: str, chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = getattr(chain, place).out
    key = str(chain.origin.site.public_key)
    saved = tmp_path / "proof"
    assert cli.run(["verify", NAME, "--from", str(out), "--key", key, "--proof", str(saved)]) == 0
    told = capsys.readouterr().out
    assert "by the log that this mirror keeps of it" in told
    assert "entry 0 of the log registry.example.com" in told
    assert cli.run(["verify", str(saved), "--key", key]) == 0
    own = getattr(chain, place).key
    assert cli.run(["verify", NAME, "--from", str(out), "--key", own]) == 0
    assert f"of the log {place}.example" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"Tells the weather", b"Tells the future", "is another one"),
        (b'"entry":0', b'"entry":1', "is another one"),
        (b'"entry":0', b'"entry":900', "no entry 900"),
        (b'"kind":"published","meta":{', b'"kind":"published","none":{', "of no known form"),
        (b"/logged", b"/logging", "keeps no origin's proof"),
    ],
)
def test_a_mirror_that_alters_an_entry_is_caught(
    old: bytes,
    new: bytes,
    reason: str,
    chain: Chain,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "altered"
    shutil.copytree(chain.company.out, out)
    document = out / f"v0.1/servers/{NAME}/versions/latest/index.json"
    body = document.read_bytes()
    assert old in body
    document.write_bytes(body.replace(old, new, 1))
    key = str(chain.origin.site.public_key)
    assert cli.run(["verify", NAME, "--from", str(out), "--key", key]) == 2
    assert reason in capsys.readouterr().err


def test_a_later_run_brings_later_proofs_and_a_build_that_goes_on_is_a_clean_one(
    chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, mirror = chain.origin, chain.mirror
    first.site.publish("three")
    first.site.registry.commit(
        {"servers/com.example/one/status.yaml": "1.0.0: {status: deprecated}\n"}
    )
    import time

    time.sleep(1.1)  # versions of trust metadata are seconds
    assert first.deploy() == 0
    assert mirror.mirror() == 0
    assert "verified by root 1" in capsys.readouterr().err
    mirror.deploy()
    key = str(first.site.public_key)
    for name in (NAME, "com.example/two", "com.example/three"):
        assert cli.run(["verify", name, "--from", str(mirror.out), "--key", key]) == 0
    assert "of the log registry.example.com" in capsys.readouterr().out
    clean = tmp_path / "clean"
    build(mirror.registry.repository, "HEAD", clean, 1)
    build(mirror.registry.repository, "HEAD", mirror.out, 1, verify=True)
    for folder in ("origins", "log/tile"):
        ours = mirror.out / f"v0.1/x/example.mirror/{folder}"
        theirs = clean / f"v0.1/x/example.mirror/{folder}"
        files = {p.relative_to(ours) for p in ours.rglob("*") if p.is_file()}
        assert files == {p.relative_to(theirs) for p in theirs.rglob("*") if p.is_file()}
        assert all((ours / p).read_bytes() == (theirs / p).read_bytes() for p in files)


def test_a_registry_that_lies_is_not_mirrored(
    chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served = chain.served
    served.lies[f"{TRUST}/timestamp.json"] = b"{}"
    try:
        fresh = link(tmp_path, "fresh", served.url)
        assert fresh.mirror() == 2
        assert not (fresh.registry.root / "servers").exists()
        assert not (fresh.registry.root / "origins").exists()
        capsys.readouterr()
        assert fresh.mirror("--insecure") == 0
        assert "WARNING: --insecure" in capsys.readouterr().err
    finally:
        served.lies.clear()


def test_the_root_may_be_in_the_repository(chain: Chain, tmp_path: Path) -> None:
    root = (chain.origin.folder / "trust/1.root.json").read_bytes()
    thief = str(write_key(tmp_path / "thief.pem", 99))
    own = ["--key", thief, "--sign", thief, "--online", thief]
    assert cli.run(["trust", "init", "--dir", str(tmp_path / "trust"), *own]) == 0
    wrong = (tmp_path / "trust/1.root.json").read_bytes()
    for body, expected in ((wrong, 2), (root, 0)):
        made = link(tmp_path / str(expected), "pinned", chain.served.url)
        settings = (made.registry.root / "registry.yaml").read_text()
        made.registry.commit(
            {
                "registry.yaml": settings.replace(
                    "kind: static", "kind: static, trust_root: trust/upstream.json"
                ),
                "trust/upstream.json": body,
            }
        )
        assert made.mirror() == expected


def test_what_the_registry_publishes_itself_has_no_origin(chain: Chain) -> None:
    chain.company.registry.commit(entry_file("com.company/own"))
    chain.company.deploy()
    document = chain.company.out / "v0.1/servers/com.company/own/versions/latest/index.json"
    assert origin.SUFFIX.encode() not in document.read_bytes()
