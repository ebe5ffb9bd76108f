"""The registry's own look: colours that can be read, logos, pages, links, and what is wrong with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import cli
from builder.model import colour, config
from builder.model.brand_settings import LIGHT_GROUNDS
from builder.model.errors import ConfigError
from tests.build import trees
from tests.pages.test_server import text
from tests.registry import CONFIG, Registry, entry_file

BRAND = """\
brand:
  logo: site/logo.svg
  logo_dark: site/logo-dark.svg
  accent: "#7a1f5c"
  accent_dark: "#f29ad3"
  footer:
    - {title: Imprint, url: pages/imprint}
    - {title: Support, url: "mailto:help@example.com"}
  featured: [data]
"""
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><!-- {} --></svg>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    registry = Registry(Path(tmp_path_factory.mktemp("brand"), "registry"), CONFIG + BRAND)
    registry.commit(entry_file(title="Weather"))
    registry.commit(
        {
            "site/logo.svg": SVG.format("light"),
            "site/logo-dark.svg": SVG.format("dark"),
            "site/pages/imprint.md": "# Imprint\n\n## Who\n\nExample *Ltd*. <script>x</script>\n",
            "site/pages/how-we-choose.md": "# How we choose\n\nBy hand.\n",
            "site/pages/home.md": "Welcome to **our** servers.\n",
            "collections/data.yaml": "title: Data\nservers: [com.example/weather]\n",
        }
    )
    return trees.clean(registry.repository)


def test_own_pages_are_in_the_navigation_or_at_the_foot(site: dict[str, bytes]) -> None:
    for path in (
        "index.html",
        "servers/com.example/weather/index.html",
        "pages/imprint/index.html",
    ):
        page = site[path].decode()
        menu, _, foot = page.partition("<footer")
        assert re.search(r'href="[./]*pages/how-we-choose/">How we choose<', menu)
        assert "Imprint</a>" not in menu
        assert re.search(r'href="[./]*pages/imprint/">Imprint<', foot)
        assert 'href="mailto:help@example.com"' in foot


def test_an_own_page_is_markdown_without_html(site: dict[str, bytes]) -> None:
    page = site["pages/imprint/index.html"]
    assert b"<h1>Imprint</h1>" in page
    assert b"<h2>Who</h2>" in page
    assert b"<em>Ltd</em>" in page
    assert b"<script>x" not in page


def test_the_home_page_has_the_operators_words_and_collections(site: dict[str, bytes]) -> None:
    home = text(site["index.html"])
    assert "Welcome to our servers." in home
    assert "Data All of Data Weather" in home.replace("W Weather", "Weather")


def test_logo_and_colours_are_files_of_the_site(site: dict[str, bytes]) -> None:
    page = site["index.html"].decode()
    (style,) = re.findall(r'href="\./(brand/[0-9a-f]{12}\.css)"', page)
    assert b"--accent: light-dark(#7a1f5c, #f29ad3);" in site[style]
    logos = re.findall(r'src="\./(brand/[0-9a-f]{12}\.svg)"', page)
    assert [site[one].decode() for one in logos] == [SVG.format("light"), SVG.format("dark")]


_COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(_COLOURS)
def test_an_accent_that_cannot_be_read_is_refused_with_one_that_can(chosen: str) -> None:
    text = f'{CONFIG}brand:\n  accent: "{chosen}"\n'
    try:
        config.parse(text.encode())
    except ConfigError as error:
        assert "registry.yaml:7: brand.accent:" in error.message
        (would_do,) = re.findall(r"(#\w{6}) would do", error.message)
        assert colour.least_contrast(would_do, LIGHT_GROUNDS) >= colour.TEXT
        assert colour.least_contrast(chosen, LIGHT_GROUNDS) < colour.TEXT
    else:
        assert colour.least_contrast(chosen, LIGHT_GROUNDS) >= colour.TEXT


def test_contrast_is_as_wcag_has_it() -> None:
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("site/pages/Imprint.md", "# Imprint\n", "the name is not of the form <slug>.md"),
        ("site/pages/imprint.md", "Imprint\n", "the first line is not `# Title`"),
        ("site/logo.svg", "x" * 65_537, "the file has 65,537 bytes, at most 65,536 are allowed"),
        ("site/logo.svg", "GIF89a", "the file is no SVG"),
        ("site/logo-dark.svg", None, "there is no such file"),
        ("site/pages/imprint.md", None, "brand.footer: there is no site/pages/imprint.md"),
        ("collections/data.yaml", "title: D\nservers: [no.such/one]\n", "no server no.such/one"),
    ],
)
def test_what_is_wrong_is_a_finding_of_check_and_of_the_build(
    path: str,
    content: str | None,
    said: str,
    registry: Registry,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = {
        "site/logo.svg": SVG,
        "site/logo-dark.svg": SVG,
        "site/pages/imprint.md": "# Imprint\n",
        "registry.yaml": CONFIG + BRAND,
        **entry_file(),
    }
    files = {key: value for key, value in (good | {path: content}).items() if value is not None}
    registry.commit(files)
    found = [one for one in registry.load().findings if said in one.message]
    assert found
    assert found[0].line is not None
    assert cli.run(["check", "--root", str(registry.root)]) == 0
    assert said in capsys.readouterr().out


def test_a_collection_that_is_named_and_not_there_is_told(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = (
        "brand: {featured: [dta]}\nexports: {teams: [{name: us, collections: [data, web]}]}\n"
    )
    files = {
        "registry.yaml": CONFIG + settings,
        "collections/data.yaml": "title: Data\nservers: []\n",
    }
    registry.commit(files)
    told = [one.message for one in registry.load().findings if one.rule == "own-file"]
    assert "brand.featured: there is no collections/dta.yaml" in told
    assert "exports.teams: us: there is no collections/web.yaml" in told
    assert cli.run(["check", "--root", str(registry.root)]) in (0, 1)
    printed = capsys.readouterr().out
    assert all(message in printed for message in told) and "collections/data.yaml" not in str(told)


def test_nothing_is_said_of_a_registry_without_a_brand(registry: Registry) -> None:
    registry.commit(entry_file())
    assert registry.load().findings == ()
    written = trees.clean(registry.repository)
    (picture,) = (path for path in written if path.startswith("brand/"))
    assert picture.endswith(".png")  # of shared links, in the site's own accent
