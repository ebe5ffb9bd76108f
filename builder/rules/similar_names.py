"""Which existing namespace a new one could be taken for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

# Accounts of a hosting service share this prefix; what follows is what a reader tells them by.
_SHARED = re.compile(r"(?:io\.(?:github|gitlab|bitbucket|codeberg)|[a-z]{2,})\.", re.IGNORECASE)
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_FOLDED = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "-": None, "_": None})
_SHORT, _LONG = 6, 12  # letters from which one, and two, edits are likely to be overlooked


def resembled(new: Iterable[str], existing: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Return each new namespace that could be taken for an existing one, with that one.

    Alike are two that differ in case, hyphens or characters such as 0 and o, or by one edit (two
    in long names), behind the same first labels. Of the 718 namespaces of the official registry
    in December 2025 two are alike (io.github.Digital-Defiance, io.github.DigitalDefiance).
    """
    wanted = sorted(new)
    if not wanted:
        return
    tails: dict[str, dict[str, str]] = defaultdict(dict)
    skeletons: dict[tuple[str, str], str] = {}
    for name in sorted(existing):
        prefix, own = _split(name)
        tails[prefix].setdefault(own, name)
        skeletons.setdefault((prefix, _skeleton(own)), name)
    for name in wanted:
        prefix, own = _split(name)
        other = skeletons.get((prefix, _skeleton(own))) or _edited(own, tails[prefix])
        if other is not None and other != name:
            yield name, other


def _edited(own: str, tails: dict[str, str]) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    edits = (len(own) >= _SHORT) + (len(own) >= _LONG)
    if not edits:
        return None
    closest = process.extractOne(own, tails.keys(), scorer=OSA.distance, score_cutoff=edits)
    return tails[closest[0]] if closest else None


def _split(namespace: str) -> tuple[str, str]:
    match = _SHARED.match(namespace)
    prefix = match[0].lower() if match else ""
    return prefix, namespace[len(prefix) :].lower()


def _skeleton(name: str) -> str:
    text = name.translate(_FOLDED)
    for pair, letter in _ALIKE:
        text = text.replace(pair, letter)
    return text
