"""A publisher's icon, fetched once and kept: of pixels a small WebP, of an SVG its shapes.

Pictures are hostile. They are decoded by Pillow within bounds and written anew, so that nothing of
the file that came is served: no metadata, no second format behind the first, no size that fills a
memory.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from typing import Any

import httpx
from PIL import Image, ImageOps, UnidentifiedImageError

from builder import USER_AGENT
from builder.icons import svg
from builder.icons.file import FILE_BYTES, FOLDER, IconFile
from builder.model.errors import RemoteError
from builder.model.facts import IconFacts
from builder.model.json_values import objects
from builder.model.secure_address import is_secure_address
from builder.net.addresses import Guard
from builder.net.exchange import AnswerBounds, fetch
from builder.net.transport import ProxyAwareTransport

SIDE = 128
"""Pixels of a side at most: twice what pages show."""
MOST_BYTES = 1 << 20
MOST_PIXELS = 4_096 * 4_096
MOST_TRIED = 4
"""Icons of an entry that are asked for, one after the other, until one can be used."""
_BOUNDS = AnswerBounds(bytes=MOST_BYTES, seconds=20.0, redirects=3)
_FORMATS = ("PNG", "JPEG", "WEBP")


def ask_icon(
    content: Mapping[str, Any], chosen: str, day: str, guard: Guard
) -> tuple[IconFacts, IconFile] | None:
    """Fetch the icon of a server.json, or the one that the registry chose ("": none).

    None if there is none by https. Raises RemoteError, with the last reason, if none can be used.
    """
    trouble: RemoteError | None = None
    for url in sources(content, chosen):
        try:
            made = picture(_fetched(url, guard))
        except (RemoteError, ValueError) as error:
            trouble = RemoteError(f"{url}: {error}")
            continue
        return IconFacts(asked=day, source=url, file=f"{FOLDER}/{made.name}"), made
    if trouble:
        raise trouble
    return None


def sources(content: Mapping[str, Any], chosen: str) -> list[str]:
    """Return the addresses of icons, the best first: those for light grounds, pixels before SVG."""
    listed = sorted(objects(content.get("icons")), key=_rank)
    addresses = dict.fromkeys(filter(None, [chosen, *(icon.get("src") for icon in listed)]))
    return [
        url
        for url in addresses
        if isinstance(url, str) and is_secure_address(url.partition("?")[0])
    ][:MOST_TRIED]


def _rank(icon: Mapping[str, Any]) -> tuple[bool, bool]:
    kind = str(icon.get("mimeType") or icon.get("src"))
    return icon.get("theme") == "dark", "svg" in kind


def picture(data: bytes) -> IconFile:
    """Return a picture as it is kept; ValueError says why it cannot be."""
    made = (
        IconFile("svg", svg.shapes(data))
        if data.lstrip()[:1] == b"<" or data.startswith(b"\xef\xbb\xbf")
        else IconFile("webp", _decoded(data))
    )
    if len(made.content) > FILE_BYTES:
        raise ValueError(f"it has {len(made.content):,} bytes, at most {FILE_BYTES:,} are kept")
    return made


def _decoded(data: bytes) -> bytes:
    try:
        # Pillow's own warning of a bomb comes earlier than its error; here the limit is MOST_PIXELS.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError(f"it has {image.width:,} × {image.height:,} pixels")
                return _small(image)
    except UnidentifiedImageError as error:
        raise ValueError("it is no PNG, JPEG, WebP or SVG") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"it cannot be decoded ({error})") from error


def _small(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded no larger than needed
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=90, method=6)
    return out.getvalue()


def _fetched(url: str, guard: Guard) -> bytes:
    headers = {"User-Agent": USER_AGENT, "Accept": "image/webp, image/png, image/*"}
    try:
        with httpx.Client(headers=headers, transport=ProxyAwareTransport(guard)) as http:
            answer = fetch(http, http.build_request("GET", url), _BOUNDS)
    except httpx.HTTPError as error:
        raise RemoteError(str(error) or type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        raise RemoteError(f"it answers {answer.status_code}")
    return answer.body
