"""The picture of shared links: a file of the site's own, in its accent, the same for the same settings."""

from __future__ import annotations

import io
import re

from PIL import Image

from builder.pages.picture import HEIGHT, WIDTH, share_picture


def test_every_page_names_a_picture_that_is_there(site: dict[str, bytes]) -> None:
    for path in ("index.html", "servers/com.example/weather/index.html", "404.html"):
        (address,) = re.findall(rb'<meta property="og:image" content="([^"]+)">', site[path])
        base = b"https://registry.example.com/sub/"
        assert address.startswith(base)
        picture = Image.open(io.BytesIO(site[address.removeprefix(base).decode()]))
        assert (picture.format, picture.size) == ("PNG", (1200, 630))


def test_the_picture_is_in_the_accent_of_the_registry() -> None:
    picture = Image.open(io.BytesIO(share_picture("#7a1f5c"))).convert("RGB")
    corner, middle = picture.getpixel((2, HEIGHT // 2 + 60)), picture.getpixel((WIDTH // 2, 200))
    assert corner == (0x7A, 0x1F, 0x5C)
    assert middle == (255, 255, 255)
    assert share_picture.__wrapped__("#7a1f5c") == share_picture("#7a1f5c")
    assert len(share_picture("#7a1f5c")) < 20_000
