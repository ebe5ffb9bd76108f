"""Settings that mean nothing, or do harm in every page, are refused with their line."""

from __future__ import annotations

import pytest

from builder.model import config
from builder.model.errors import ConfigError
from tests.registry import CONFIG


def with_mirror(line: str) -> bytes:
    return f"{CONFIG}policy:\n  mirror:\n    {line}\n".encode()


@pytest.mark.parametrize(
    "line",
    [
        "package_types: [nmp]",
        "package_types: [NPM]",
        "transports: [http]",
        "transports: [streamable_http]",
        "include: [1]",
        "include: ['']",
        "include: [io.github]",
        "exclude: [null]",
        "exclude: ['*', 7]",
        "limits: {pages: 0}",
        "limits: {page: 1}",
        "statuses: [removed]",
    ],
)
def test_a_policy_that_means_nothing_is_refused(line: str) -> None:
    with pytest.raises(ConfigError, match=r"registry\.yaml:\d+: policy\.mirror"):
        config.parse(with_mirror(line))


@pytest.mark.parametrize(
    "line",
    [
        "package_types: [npm, oci]",
        "include: ['io.github.*', com.example/x]",
        "exclude: ['*-preview']",
    ],
)
def test_a_policy_that_means_something_is_read(line: str) -> None:
    config.parse(with_mirror(line))


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/?a=b",
        "https://example.com/#top",
        "https://example.com/?",
        "https://alice:secret@example.com",
        "https://token@example.com/registry",
        "https://example.com/<b>",
        'https://example.com/"onload=1',
        "https://example.com/a b",
        "https://example.com/{x}",
        "ftp://example.com",
        "example.com",
    ],
)
@pytest.mark.parametrize("key", ["base_url", "repository"])
def test_an_address_that_would_harm_every_page_is_refused(key: str, address: str) -> None:
    lines = [line for line in CONFIG.splitlines() if not line.startswith(f"{key}:")]
    text = "\n".join([*lines, f"{key}: '{address}'"])
    with pytest.raises(ConfigError, match=rf"registry\.yaml:\d+: {key}"):
        config.parse(text.encode())


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://münchen.example/größe", "https://[::1]:8/a/b/"])  # fmt: skip
def test_other_addresses_are_read(address: str) -> None:
    text = CONFIG.replace("https://registry.example.com", address)
    assert config.parse(text.encode()).base_url == address.rstrip("/")


@pytest.mark.parametrize("nothing", ["null", "~", ""])
def test_nobody_logs_in_by_github_where_that_is_null(nothing: str) -> None:
    assert (
        config.parse(f"{CONFIG}publish: {{ github: {nothing} }}\n".encode()).publish.github is None
    )
    assert config.parse(CONFIG.encode()).publish.github is not None
    assert config.parse(f"{CONFIG}reading: {nothing}\n".encode()).reading is None


@pytest.mark.parametrize("key", ["base_url", "repository"])
@pytest.mark.parametrize(
    "address",
    [
        *("https://r.example/a/../b", "https://r.example/%2e%2E/b", "https://r.example/a/./b"),
        *("https://r.example//b", "https://r.example/a%2"),
    ],
)
def test_an_address_that_programs_ask_for_otherwise_is_refused(key: str, address: str) -> None:
    text = "".join(line for line in CONFIG.splitlines(True) if not line.startswith(f"{key}:"))
    with pytest.raises(ConfigError, match=f"registry.yaml:[0-9]+: {key}: "):
        config.parse(f"{text}{key}: {address}\n".encode())


@pytest.mark.parametrize("path", ["a;b", "$host"])
def test_a_path_that_files_of_hosts_read_as_their_own_is_refused(path: str) -> None:
    """They would end a line of nginx's configuration, or be a variable in it."""
    text = CONFIG.replace("registry.example.com", f"registry.example.com/{path}")
    with pytest.raises(ConfigError, match=r"registry\.yaml:[0-9]+: base_url: "):
        config.parse(text.encode())
