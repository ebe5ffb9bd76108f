"""Objects of packs, made one out of the other in place, along the deltas that connect them.

A folder of 15,000 namespaces is half a megabyte, and a commit changes some bytes of it: to put each
state of it together anew takes several times as long as to change the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from builder.git import delta
from builder.git.delta import Edit
from builder.git.packs import PackPlace, Packs

_Below = Mapping[PackPlace, list[PackPlace]]


class Walked(NamedTuple):
    """An object on the way: its place and its base's, its bytes, and what was changed of the base.

    The bytes are the object's until the next one is asked for. The base is None where the object was
    not made by changing one.
    """

    place: PackPlace
    base: PackPlace | None
    content: bytearray
    edits: Sequence[Edit] = ()


def walk(packs: Packs, places: Iterable[PackPlace]) -> Iterator[Walked]:
    """Yield the objects at these places, and those that they are deltas to: each after its base."""
    below: dict[PackPlace, list[PackPlace]] = {}
    wholes = sorted(_wholes(packs, places, below))
    with ThreadPoolExecutor(1) as ahead:  # what is inflated lets other threads go on
        following = [ahead.submit(_whole, packs, place) for place in wholes[:1]]
        for number, place in enumerate(wholes, 1):
            content = following.pop().result()
            following += [
                ahead.submit(_whole, packs, place) for place in wholes[number : number + 1]
            ]
            yield Walked(place, None, content)
            yield from _deltas(packs, below, place, content)


def _whole(packs: Packs, place: PackPlace) -> bytearray:
    return bytearray(packs.read(place).data)


def _wholes(
    packs: Packs, places: Iterable[PackPlace], below: dict[PackPlace, list[PackPlace]]
) -> set[PackPlace]:
    """Return the objects that are no deltas, and put what each object is the base of into `below`."""
    wholes: set[PackPlace] = set()
    known: set[PackPlace] = set()
    for place in places:
        at = place
        while at not in known:
            known.add(at)
            base = packs.base(at)
            if base is None:
                wholes.add(at)
                break
            below.setdefault(base, []).append(at)
            at = base
    return wholes


def _deltas(packs: Packs, below: _Below, place: PackPlace, content: bytearray) -> Iterator[Walked]:
    """Yield what stands as deltas to an object, and to these; its bytes are changed on the way."""
    stack = [(place, content, [*below.get(place, ())])]
    while stack:
        base, content, waiting = stack[-1]
        if not waiting:
            stack.pop()
            continue
        place = waiting.pop()
        # The last one may have the bytes of the base.
        own = bytearray(content) if waiting else content
        data = packs.read(place).data
        edits = delta.edits(own, data)
        if edits is None:
            own = bytearray(delta.apply(bytes(own), data).content)
            yield Walked(place, None, own)
        else:
            for start, stop, new in reversed(edits):
                own[start:stop] = new
            yield Walked(place, base, own, edits)
        if place in below:
            stack.append((place, own, [*below[place]]))
