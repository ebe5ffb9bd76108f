"""The index of a packed site: which pack has the documents whose keys begin with which bits.

`packs/index.json` names the packs and the texts that their documents refer back to, and each pack
has a directory of its own documents. The packs
are the leaves of a tree of keys: one that would grow past its limit is two, by the next bit. So
the packs follow from the documents alone, and one that changes touches no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from builder.pack.file import DamagedPack
from builder.pack.key import GROUPS, bits, key

FOLDER = "packs"
DATA = f"{FOLDER}/data"
INDEX = f"{FOLDER}/index.json"
WORDS = f"{FOLDER}/words"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class PackEntry:
    """A pack: its name (of its content), and the sum of the weights of its documents."""

    name: str
    weight: int

    @property
    def path(self) -> str:
        """Where it stands below the site's root."""
        return f"{DATA}/{self.name}.pack"


@dataclass(frozen=True, slots=True)
class PackIndex:
    """The packs of a site by the first bits of the keys of their documents.

    `words` are the names of the files that documents refer back to, by the names of their encoding.
    """

    packs: Mapping[str, PackEntry]
    words: Mapping[str, str]

    def prefix_of(self, path: str) -> str | None:
        """Return the bits of the pack that would have the document at a path, None if none would."""
        text = bits(key(path))
        return next((text[:n] for n in range(len(text) + 1) if text[:n] in self.packs), None)


def encode(index: PackIndex) -> bytes:
    """Return the index as JSON."""
    rows = [[prefix, pack.name, pack.weight] for prefix, pack in sorted(index.packs.items())]
    return orjson.dumps({"format": FORMAT, "groups": GROUPS, "words": index.words, "packs": rows})


def decode(data: bytes) -> PackIndex:
    """Return the index that `encode` wrote; raise DamagedPack if it is not one of this format."""
    try:
        value = orjson.loads(data)
        if value["format"] != FORMAT:
            raise DamagedPack("the index of the packs has another format")
        packs = {prefix: PackEntry(name, weight) for prefix, name, weight in value["packs"]}
        words = {str(name): str(file) for name, file in value["words"].items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedPack("the index of the packs cannot be read") from error
    return PackIndex(packs, words)
