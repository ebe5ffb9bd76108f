"""What an object store refuses, in one line."""

from __future__ import annotations

import re

_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")


def first_line(error: BaseException) -> str:
    """Return an error of obstore's without the dump of structures that follows its message."""
    text = str(error).strip()
    told = _MESSAGE.search(text)
    line = text.partition("\n")[0].strip()
    line = line.partition(" Debug source:")[0].rstrip(":")
    return f"{line[:200]} ({told[1]})" if told and told[1] not in line else line[:300]
