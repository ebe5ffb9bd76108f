"""What an object store refuses, in one line."""

from __future__ import annotations

import re

_NO_PATH = re.compile(r'^Encountered object with invalid path: Error parsing Path ("[^"]*")')
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")


def first_line(error: BaseException) -> str:
    """Return an error of obstore's without the dump of structures that follows its message."""
    text = str(error).strip()
    if named := _NO_PATH.search(text):
        return (
            f"it holds {named[1]}, which is no path: delete that object with the provider's tools"
        )
    message = _MESSAGE.search(text)
    line = text.partition("\n")[0].strip()
    line = line.partition(" Debug source:")[0].rstrip(":")
    return f"{line[:200]} ({message[1]})" if message and message[1] not in line else line[:300]
