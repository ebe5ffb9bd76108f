"""The law of incremental builds: over any history, the same bytes as a build from nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from builder.build import build
from builder.build.errors import EntriesError
from builder.build.staying import LastCatalogue
from builder.catalogue import change_log, fingerprint, pagination
from builder.pages import search
from builder.pages.api import servers
from builder.pages.search import terms
from builder.pages.sync import changes
from tests.build import trees
from tests.registry import CONFIG, Registry, entry

NAMES = (
    "com.example/weather",
    "com.example/maps",
    "io.github.alice/notes",
    "io.github.Alice/x",
    "com.example.alice/y",
)
VERSIONS = ("1.0.0", "1.1.0", "2.0.0-rc.1", "yesterday")
DATES = ("2025-10-01T00:00:00Z", "2025-11-01T00:00:00.5Z", "2023-01-01T00:00:00Z")
CONFIGS = (
    CONFIG,
    CONFIG.replace("Test registry", "Another title"),
    CONFIG + "api: {v0: false}\n",
    CONFIG + "pages: {lean: true}\n",
    CONFIG.replace("com.example.registry", "com.example.other"),
    CONFIG + "brand: {accent: '#7a1f5c', logo: site/logo.svg, featured: [house]}\n",
    CONFIG + "exports: {servers: all}\n",
    CONFIG + "policy:\n"
    "  accounts: [{forge: gitlab, host: git.example.com, namespaces: com.example}]\n"
    "  teams: [{name: us, members: [{github: bob, id: 7}]}]\n"
    "  publish:\n"
    "    namespaces: ['com.example*', 'io.github.*']\n"
    "    internal: [{namespace: com.example, team: us}]\n"
    "    rules: [{match: {name: '*/maps'}, do: review, because: It is looked at.}]\n",
)
OVERLAYS = (
    "",
    "approved: {by: Us, at: 2026-01-31}\n",
    "categories: [house]\nnotes: '*Ask* us.'\n",
    "tags: wrong\n",
)
COLLECTIONS = (
    "",
    f"title: House\nservers: [{NAMES[0]}]\n",
    f"title: Ours\ntext: '# Read'\nservers: [{NAMES[2]}, {NAMES[0]}]\n",
)

BLOCKS = (  # the one before the last ends after some commits
    "",
    f"- {{name: {NAMES[0]}, reason: malware}}\n",
    "- {name: io.github.*, version: 1.*, reason: policy, message: Not here.}\n",
    "- {package: '*/maps', reason: legal}\n- {publisher: alice, reason: withdrawn}\n",
    "- {name: com.example/*, reason: withdrawn, until: 2023-11-14}\n",
    "- {name: com.example/*, reason: unheard-of}\n",
)
RENAMES = (
    f'"*": {{status: deprecated, renamed-to: {NAMES[2]}}}\n',
    f'"*": {{status: active, renamed-from: [{NAMES[0]}]}}\n',
)

Step = Callable[[Registry], None]


def publish(name: str, version: str, text: str) -> Step:
    body = entry(name, version, description=text)
    return lambda registry: _commit(registry, f"servers/{name}/{version}.json", body)


def withdraw(name: str, version: str) -> Step:
    return lambda registry: _commit(registry, f"servers/{name}/{version}.json", None)


def set_status(name: str, key: str, status: str) -> Step:
    return lambda registry: _commit(
        registry, f"servers/{name}/status.yaml", f'"{key}": {{status: {status}}}\n'
    )


def mirror(name: str, version: str, date: str) -> Step:
    official = {"status": "active", "publishedAt": date, "updatedAt": date, "isLatest": True}
    body = {"source": "https://upstream.example", "versions": {version: official}}
    return lambda registry: _commit(registry, f"servers/{name}/upstream.json", body)


def own(name: str, number: int) -> Step:
    path = f"servers/{name.partition('/')[0]}/namespace.yaml"
    text = f"owners: [{{github: alice, id: {number}}}]\nproof: github\n"
    return lambda registry: _commit(registry, path, text)


def overlay(path: str, text: str) -> Step:
    return lambda registry: _commit(registry, path, text or None)


def block(text: str) -> Step:
    return lambda registry: _commit(registry, "blocks.yaml", text or None)


def configure(text: str) -> Step:
    return lambda registry: _commit(registry, "registry.yaml", text)


def merge(name: str, version: str) -> Step:
    def step(registry: Registry) -> None:
        registry.git("checkout", "--quiet", "-b", "change")
        publish(name, version, "Merged.")(registry)
        registry.git("checkout", "--quiet", "main")
        registry.commit({})
        registry.git("merge", "--quiet", "--no-ff", "-X", "theirs", "-m", "Merge", "change")
        registry.git("branch", "--quiet", "-D", "change")

    return step


def force_back(commits: int) -> Step:
    def step(registry: Registry) -> None:
        line = registry.git("rev-list", "--first-parent", "HEAD").split()
        # Never behind the first commit, which has the settings.
        registry.git("reset", "--quiet", "--hard", line[min(commits, len(line) - 1)])

    return step


def revert(registry: Registry) -> None:
    """Take back what the last commit did, as `git revert` does."""
    line = registry.git("rev-list", "--first-parent", "HEAD").split()
    if len(line) > 1:
        registry.git("read-tree", "--reset", "-u", "HEAD~1")
        registry.time += 60
        registry.git("commit", "--quiet", "--allow-empty", "--message", "Revert")


def _commit(registry: Registry, path: str, content: object) -> None:
    if content is not None or (registry.root / path).exists():
        registry.commit({path: content})  # type: ignore[dict-item]


names, versions = st.sampled_from(NAMES), st.sampled_from(VERSIONS)
publishing = st.builds(publish, names, versions, st.sampled_from(("Rain.", "Sun.")))
steps = st.one_of(
    publishing,
    publishing,
    st.builds(withdraw, names, versions),
    st.builds(
        set_status,
        names,
        st.one_of(st.just("*"), versions),
        st.sampled_from(("active", "deprecated", "deleted")),
    ),
    st.builds(mirror, names, versions, st.sampled_from(DATES)),
    st.builds(own, names, st.integers(1, 3)),
    st.builds(block, st.sampled_from(BLOCKS)),
    st.builds(configure, st.sampled_from(CONFIGS)),
    st.builds(
        overlay, names.map(lambda name: f"servers/{name}/overlay.yaml"), st.sampled_from(OVERLAYS)
    ),
    st.builds(
        lambda slug, pattern, text: overlay(
            f"overlays/{slug}.yaml", text and f"servers: ['{pattern}']\n{text}"
        ),
        st.sampled_from(("a", "b")),
        st.sampled_from(("com.example/*", "*/notes", NAMES[0])),
        st.sampled_from(OVERLAYS),
    ),
    st.just(overlay(f"servers/{NAMES[0]}/status.yaml", RENAMES[0])),
    st.just(overlay(f"servers/{NAMES[2]}/status.yaml", RENAMES[1])),
    st.builds(overlay, st.just("collections/house.yaml"), st.sampled_from(COLLECTIONS)),
    st.builds(
        overlay,
        st.sampled_from(("site/pages/imprint.md", "site/pages/home.md", "site/logo.svg")),
        st.sampled_from(("", "# Imprint\n", "<svg/>")),
    ),
    st.builds(merge, names, versions),
    st.builds(force_back, st.integers(1, 4)),
    st.just(revert),
)


@pytest.mark.parametrize("stays", [False, True])
@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.lists(steps, max_size=5), st.booleans()), min_size=2, max_size=5))
def test_a_build_on_a_build_is_a_build_from_nothing(
    stays: bool,
    rounds: list[tuple[list[Step], bool]],
) -> None:
    """A process that `stays` keeps what it has made in memory, until another builder takes its place."""
    with tempfile.TemporaryDirectory() as folder:
        registry, out = Registry(Path(folder, "registry"), CONFIG), Path(folder, "public")
        upgrades = 0
        last = LastCatalogue() if stays else None
        for made, upgraded in rounds:
            for step in made:
                step(registry)
            upgrades += upgraded
            with _builder(f"9.{upgrades}"), _small_blocks():
                _hold(registry, out, last)


def _hold(registry: Registry, out: Path, last: LastCatalogue | None) -> None:
    before = trees.read(out)
    note(registry.git("log", "--graph", "--oneline", "--stat"))
    try:
        build.build(registry.repository, "HEAD", out, 1, last=last)
    except EntriesError as error:
        assert error.findings == registry.load().findings
        assert trees.read(out) == before
    else:
        expected = trees.clean(registry.repository)
        assert trees.differences(trees.read(out), expected) == []


@contextmanager
def _builder(version: str) -> Iterator[None]:
    """Be another release of the builder: its version is on a page and in its fingerprint."""
    with (
        mock.patch.object(fingerprint, "__version__", version),
        mock.patch.object(servers, "__version__", version),
    ):
        yield


@contextmanager
def _small_blocks() -> Iterator[None]:
    """Cut everything that is remembered in pieces so small that short histories have many."""
    with (
        mock.patch.object(change_log, "LENGTH", 3),
        mock.patch.object(pagination, "SIZE", 2),
        mock.patch.object(changes, "SHARD", 2),
        mock.patch.object(changes, "JOINED", 4),
        mock.patch.object(terms, "RUN", 2),
        mock.patch.object(terms, "SHARD", 300),
        mock.patch.object(search, "BUNDLE", 2),
        mock.patch.object(search, "LEAN_BUNDLE", 3),
    ):
        yield
