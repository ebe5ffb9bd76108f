"""Colours as WCAG 2.2 measures them: luminance, contrast, and the next colour that can be read."""

from __future__ import annotations

TEXT = 4.5
"""The least contrast of text to its ground (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""
BLACK, WHITE = "#000000", "#ffffff"
_STEPS = 100


def contrast(left: str, right: str) -> float:
    """Return the contrast of two colours (`#rrggbb`), 1 to 21."""
    dark, light = sorted((_luminance(left), _luminance(right)))
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """Return a colour with a share (0 to 1) of another."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(own + (new - own) * share):02x}" for own, new in pairs)


def readable(colour: str, grounds: tuple[str, ...]) -> str:
    """Return the colour nearest to this one, darker or lighter, that can be read on all grounds."""
    toward = BLACK if _luminance(grounds[0]) > 0.18 else WHITE
    steps = (mix(colour, toward, step / _STEPS) for step in range(_STEPS + 1))
    return next((mixed for mixed in steps if least_contrast(mixed, grounds) >= TEXT), toward)


def least_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    """Return the contrast of a colour to the ground on which it is read worst."""
    return min(contrast(colour, ground) for ground in grounds)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
