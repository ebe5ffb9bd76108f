"""The picture that goes with a shared link (`og:image`): the registry's mark on its accent.

Shapes alone, so that no font has to be anywhere, and a palette from the accent to what is read on
it: a pixel's value is how much of the mark covers it.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import NamedTuple

from builder.model.colour import BLACK, WHITE, contrast, mix

WIDTH, HEIGHT = 1200, 630  # what sites that show links ask for: https://ogp.me/#structured
_SHADES = 255


class _Layer(NamedTuple):
    """A shape with the same left and right half, in the units of site/assets/mark.svg.

    At its middle it reaches from `top` to `bottom`; both lines leave it with a slope, to `reach`.
    """

    top: float
    bottom: float
    top_slope: float
    bottom_slope: float
    reach: float
    opacity: float


_SLOPE = 4.4 / 9.5
_MARK = (
    _Layer(5.7, 16.7, _SLOPE, -_SLOPE, 11.0 / 2 / _SLOPE, 1.0),
    _Layer(19.6, 21.8, -_SLOPE, -_SLOPE, 10.3, 0.75),
    _Layer(24.7, 26.9, -_SLOPE, -_SLOPE, 10.3, 0.5),
)
_MIDDLE = 16.3
_SIZES = ((21.0, 1.0), (60.0, 0.07))
"""The mark, and a large pale one behind it: pixels for each unit, and how much of its opacity."""


@lru_cache(maxsize=4)
def share_picture(accent: str) -> bytes:
    """Return the picture as PNG; the accent is a colour as `#rrggbb`."""
    ink = max((BLACK, WHITE), key=lambda text: contrast(text, accent))
    colours = (mix(accent, ink, shade / _SHADES) for shade in range(_SHADES + 1))
    palette = b"".join(bytes.fromhex(colour[1:]) for colour in colours)
    half = [_column(x + 0.5) for x in range(WIDTH // 2)]
    pixels = b"".join([*reversed(half), *half])
    rows = b"".join(b"\0" + pixels[y::HEIGHT] for y in range(HEIGHT))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _column(x: float) -> bytes:
    """Draw the column of pixels this far from the middle."""
    column = bytearray(HEIGHT)
    for scale, strength in reversed(_SIZES):
        for layer in _MARK:
            if x < layer.reach * scale:
                start, end = (
                    HEIGHT / 2 + (y - _MIDDLE) * scale + slope * x
                    for y, slope in (
                        (layer.top, layer.top_slope),
                        (layer.bottom, layer.bottom_slope),
                    )
                )
                _cover(column, start, end, layer.opacity * strength * _SHADES)
    return bytes(column)


def _cover(column: bytearray, start: float, end: float, value: float) -> None:
    """Set the pixels from start to end; one that is covered in part takes that part of the value."""
    first, last = max(0, int(start) + 1), min(HEIGHT, int(end))
    if first < last:
        column[first:last] = bytes([round(value)]) * (last - first)
    for y, part in ((int(start), 1 - start % 1), (int(end), end % 1)):
        if 0 <= y < HEIGHT:
            column[y] = max(column[y], round(value * part))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
