"""Fixtures that many tests share."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.patience import PATIENCE
from tests.registry import Registry

# No clock decides whether a test passes: machines are shared and busy. On a laptop each run tries
# new examples; in CI a failure must come from the change and not from the draw.
settings.register_profile(
    "registry",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("registry")
expect.set_options(timeout=PATIENCE * 1000)

# A process has one server that forks: who is started from it finds these imported already. Commands
# import the rest of the program when they run, and each process would do so again.
multiprocessing.set_forkserver_preload(
    [
        "builder.build.archive",
        "builder.build.build",
        "builder.commands.build",
        "builder.commands.deploy",
        "builder.commands.mirror",
        "builder.commands.pull",
        "builder.deploy.target",
        "builder.mirror.run",
        "builder.pull.verified",
        "tests.faults.victim",
        "tests.pull.test_kill",
    ]
)


@pytest.fixture(autouse=True)
def _own_git_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the git configuration of the machine."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.com")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """An empty registry repository with one commit (registry.yaml)."""
    return Registry(tmp_path / "registry")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; `make test` installs it.

    One for each module: Playwright keeps an event loop in the thread for as long as it lives, and
    tests of other modules start loops of their own.
    """
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("there is no chromium on this machine: run `make setup`")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a skipped test as a failure in CI: what did not run has shown nothing."""
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
