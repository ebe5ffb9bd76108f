"""Icons fetched from a server on loopback, and where the site shows them."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
import yaml
from PIL import Image

from builder import cli
from builder.facts import icon
from builder.icons.file import FILE_BYTES
from builder.model.errors import RemoteError
from builder.net.addresses import Guard
from tests.local_server import NOT_FOUND, Reply, Request, serving
from tests.pages import made
from tests.registry import Registry, entry_file

DAY = "2026-11-01"
LOOPBACK = Guard(allow_private=True)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><path d="M0 0h9v9z"/></svg>'
)
WEATHER, MAIL = "com.example/weather", "com.example/mail"
FACTS = f"servers/{WEATHER}/facts.yaml"


def image(kind: str, width: int = 300, height: int = 200, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, kind, **options)
    return out.getvalue()


def test_pixels_become_a_small_picture_without_anything_else() -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    for data in (image("PNG") + b"<script>", image("JPEG", exif=exif), image("WEBP")):
        made_of = icon.picture(data)
        assert made_of.ending == "webp"
        assert b"script" not in made_of.content and b"where I live" not in made_of.content
        with Image.open(io.BytesIO(made_of.content)) as picture:
            assert picture.size == (128, 85)


def bomb() -> bytes:
    """A PNG that says it has 50,000 × 50,000 pixels."""
    good = bytearray(image("PNG", 1, 1))
    good[16:24] = (50_000).to_bytes(4, "big") * 2
    good[29:33] = zlib.crc32(good[12:29]).to_bytes(4, "big")
    return bytes(good)


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"<html></html>", bomb(), image("PNG")[:60], image("GIF"), image("TIFF"),
     b'<svg xmlns="http://www.w3.org/2000/svg"><path d="' + b"M0 0" * FILE_BYTES + b'"/></svg>'],
    ids=["empty", "cut gif", "html", "bomb", "cut png", "gif", "tiff", "large svg"],
)  # fmt: skip
def test_what_cannot_be_used_is_said(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        icon.picture(data)


def test_the_best_icon_that_answers_is_taken() -> None:
    def answer(request: Request) -> Reply:
        bodies = {"/a.png": image("PNG"), "/b.svg": SVG}
        return Reply(bodies[request.path]) if request.path in bodies else NOT_FOUND

    with serving(answer) as server:
        listed = [
            {"src": f"{server.url}/b.svg"},
            {"src": f"{server.url}/dark.png", "theme": "dark"},
            {"src": f"{server.url}/gone.png"},
            {"src": f"{server.url}/a.png"},
            {"src": "data:image/png;base64,AAAA"},
            {"src": "http://example.com/plain.png"},
        ]
        found = icon.ask_icon({"icons": listed}, "", DAY, LOOPBACK)
        assert found is not None and found[0].source == f"{server.url}/a.png"
        chosen = icon.ask_icon({"icons": listed}, f"{server.url}/b.svg", DAY, LOOPBACK)
        assert chosen is not None and chosen[1].content.count(b"script") == 0
        assert icon.ask_icon({}, "", DAY, LOOPBACK) is None
        with pytest.raises(RemoteError, match="404"):
            icon.ask_icon({"icons": listed[2:3]}, "", DAY, LOOPBACK)
        with pytest.raises(RemoteError, match="not a public one"):
            icon.ask_icon({"icons": listed[:1]}, "", DAY, Guard())


def test_icons_are_fetched_once_committed_and_shown_from_own_files(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = {"/weather.png": image("PNG"), "/mail.svg": SVG}
    with serving(lambda request: Reply(pictures[request.path])) as server:
        for name, file in ((WEATHER, "weather.png"), (MAIL, "mail.svg")):
            icons = [{"src": f"https://icons.example.com/{file}"}]
            registry.commit(entry_file(name, icons=icons))
        # Entries name addresses by https; the server of the test speaks none.
        real = icon._fetched
        monkeypatch.setattr(
            icon,
            "_fetched",
            lambda url, guard: real(url.replace("https://icons.example.com", server.url), LOOPBACK),
        )
        probe = ["probe", "--root", str(registry.root), "--no-remotes", "--icons"]
        assert cli.run(probe) == 0
        asked = len(server.requests)
        printed = capsys.readouterr().out
        facts = yaml.safe_load((registry.root / FACTS).read_text())["icon"]
        assert f"{WEATHER} https://icons.example.com/weather.png: {facts['file']}" in printed
        first = registry.commit(written(registry.root))
        assert cli.run(probe) == 0, "again: nothing is other"
        assert registry.repository.commit("HEAD") == first
        assert not registry.git("status", "--porcelain")
        site = built(registry)
        assert len(server.requests) == 2 * asked, "a build asks nobody"

        file = facts["file"]
        assert site[file].startswith(b"RIFF")
        assert f'{file}" alt=""'.encode() in site["index.html"]
        assert f'/{file}" alt=""'.encode() in site[f"servers/{WEATHER}/index.html"]
        item = site[f"v0.1/servers/{WEATHER}/versions/latest/index.json"]
        assert f'"file":"{file}"'.encode() in item
        assert any(file.encode() in body for path, body in site.items() if "/search/part" in path)
        drawings = [
            body
            for path, body in site.items()
            if path.endswith(".svg") and path.startswith("icons/")
        ]
        assert drawings == [b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z" /></svg>']

        pictures["/weather.png"] = image("PNG", 10, 10)
        assert cli.run(probe) == 0
        assert f"{file}: removed, no server has it any more" in capsys.readouterr().out
        assert not (registry.root / file).exists()


def test_a_file_that_somebody_put_there_shows_its_shapes_alone(registry: Registry) -> None:
    file = f"icons/{'0' * 16}.svg"
    facts = {"icon": {"asked": DAY, "source": "https://example.com/a.svg", "file": file}}
    registry.commit({**entry_file(WEATHER), FACTS: yaml.safe_dump(facts), file: SVG.decode()})
    assert b"script" not in built(registry)[file]


def built(registry: Registry) -> dict[str, bytes]:
    loaded = registry.load()
    return made.site(loaded.catalogue, loaded.config)


def written(root: Path) -> dict[str, str | bytes]:
    """What a probe wrote into a working tree."""
    files = [*root.glob("servers/*/*/facts.yaml"), *root.glob("icons/*")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
