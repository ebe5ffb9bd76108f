"""The home page shows what is known, with its day, and nothing that nobody has asked."""

from __future__ import annotations

from tests.pages import made
from tests.pages.test_server import text
from tests.registry import Content, Registry, entry_file

FACTS = "repository: {{asked: '2026-10-02', source: '{source}', stars: {stars}, licence: MIT}}\n"


def starred(name: str, stars: int, source: str) -> dict[str, Content]:
    facts = FACTS.format(stars=stars, source=source)
    return {**entry_file(name, description="Mail."), f"servers/{name}/facts.yaml": facts}


def home(registry: Registry) -> str:
    loaded = registry.load()
    return text(made.site(loaded.catalogue, loaded.config)["index.html"])


def test_popular_is_what_forges_said_and_a_repository_counts_once(registry: Registry) -> None:
    shared = "https://github.com/example/all"
    registry.commit(
        {
            **starred("com.example/one", 900, shared),
            **starred("com.example/two", 900, shared),
            **starred("com.example/three", 1_234, "https://github.com/example/three"),
        }
    )
    assert "Popular" not in home(registry)  # of two repositories nobody can say what is popular
    registry.commit(starred("com.example/four", 20, "https://github.com/example/four"))
    shown = home(registry).partition("Popular")[2].partition("Topics")[0]
    places = [shown.index(word) for word in ("1,234 stars on 2026-10-02", "900 stars", "20 stars")]
    assert places == sorted(places)
    assert shown.count("900 stars") == 1


def test_a_list_that_would_be_empty_has_no_heading(registry: Registry) -> None:
    page = home(registry)
    assert "Nothing is published yet." in page and "Recently updated" not in page
    registry.commit(entry_file())
    page = home(registry)
    assert "Nothing is published yet." not in page and "Recently updated" not in page
    for number in range(8):
        registry.commit(entry_file(f"com.example/later-{number}"))
    registry.commit(entry_file(version="2.0.0"), after=86_400)
    assert "Recently updated" in home(registry)


def test_topics_come_with_examples_and_collections_with_their_sentence(registry: Registry) -> None:
    registry.commit(
        {
            **entry_file("com.example/postgres", title="Elephant", description="A PostgreSQL database."),
            "collections/starters.yaml": "title: Starters\nsummary: To begin with.\nservers: [com.example/postgres]\n",
        }
    )  # fmt: skip
    shown = home(registry)
    assert "Databases 1 Elephant" in shown
    assert "Starters To begin with. 1 server" in shown
