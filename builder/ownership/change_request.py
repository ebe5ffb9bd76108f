"""A proposed change as the gate takes it from any forge: who, which server, whose fork, base, head.

The adapters in builder/forge write it, `check --event` reads it, and so a verdict does not depend
on where the change was proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

import orjson
from pydantic import TypeAdapter, ValidationError

from builder.model.errors import RegistryError
from builder.model.forges import GITHUB, ForgeName
from builder.ownership.account import Account
from builder.ownership.proposer import Claim, claim_of

FORM = "mcp-registry change request v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """A pull or merge request, or a push.

    `author` opened it; `pusher` is who brought the head to where it is, None if the forge does not
    tell; `head_owner` is the account in whose name the head's repository is, None if that is gone.
    `internal` is whether the head is in the registry's own repository. `base` and `head` are
    commits, `base` may also be a branch. `open_requests` are the heads of the others by number.
    """

    forge: ForgeName = "github"
    host: str = GITHUB
    number: int = 0
    author: Account | None = None
    pusher: Account | None = None
    head_owner: Account | None = None
    internal: bool = False
    base: str = ""
    head: str = ""
    open_requests: Mapping[int, str] = field(default_factory=dict)

    @property
    def claim(self) -> Claim:
        """Who stands for the change."""
        return claim_of(self.author, self.pusher, self.head_owner, self.internal, self.head)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored(ChangeRequest):
    form: Literal["mcp-registry change request v1"]


_READER = TypeAdapter(_Stored)


def write(request: ChangeRequest) -> bytes:
    """Write a change request as JSON."""
    return orjson.dumps({"form": FORM, **asdict(request)}, option=orjson.OPT_NON_STR_KEYS)


def is_stored(data: bytes) -> bool:
    """Return whether a file was written by `write`, as opposed to an event of a forge."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and value.get("form") == FORM


def read(data: bytes) -> ChangeRequest:
    """Read what `write` wrote; RegistryError if it is something else."""
    try:
        stored = _READER.validate_json(data)
    except ValidationError as error:
        raise not_an_event(error) from error
    return stored


def not_an_event(error: ValidationError) -> RegistryError:
    """Return the error that a file does not describe a change."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"])) or "the file"
    return RegistryError(
        f"not a pull request event: {where}: {first['msg']}",
        help="give what `mcp-registry pull-request fetch` wrote, or the payload of a "
        "pull_request_target event, as in $GITHUB_EVENT_PATH",
    )
