"""The registry of the examples with its documentation, built once."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder import cli
from builder.build import build
from builder.model.config import Config, parse
from builder.pages import docs
from tests.docs.blocks import ROOT
from tests.docs.sandbox import SERVERS, World, serving
from tests.registry import CONFIG, Registry
from tests.trust.sites import write_key


@dataclass(frozen=True, slots=True)
class Built:
    """A folder with the whole site, the repository it is of, and what mkdocs had to say."""

    folder: Path
    registry: Registry
    config: Config
    warnings: tuple[str, ...]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("docs")
    registry = Registry(folder / "registry", CONFIG)
    for name in SERVERS:
        shutil.copytree(ROOT / "servers" / name, registry.root / "servers" / name)
    registry.commit({}, message="Mirror")
    public = folder / "public"
    build.build(registry.repository, "HEAD", public, 1)
    log_key, deploy_key, root_key = (
        str(write_key(folder / f"{seed}.pem", seed)) for seed in (1, 2, 3)
    )
    roots = str(folder / "trust")
    begin = ["--key", root_key, "--sign", root_key, "--online", deploy_key]
    assert cli.run(["trust", "init", "--dir", roots, *begin]) == 0
    sign = ["--key", log_key, "--first", "--online", deploy_key, "--roots", roots]
    assert cli.run(["seal", "--out", str(public), *sign]) == 0
    settings = parse(CONFIG.replace("documentation: false\n", "").encode())
    heard = _Heard()
    logging.getLogger("mkdocs").addHandler(heard)
    for page in docs.pages(settings):
        (public / page.path).parent.mkdir(parents=True, exist_ok=True)
        (public / page.path).write_bytes(page.body)
    logging.getLogger("mkdocs").removeHandler(heard)
    return Built(public, registry, settings, tuple(heard.messages))


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(scope="session")
def world(built: Built) -> Iterator[World]:
    with serving(built.folder, built.registry) as made:
        yield made
