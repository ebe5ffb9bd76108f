"""The event that started a run: which pull request it asks to check, if any."""

from __future__ import annotations

from typing import Any

import orjson

from builder.forge import approval
from builder.model.errors import RegistryError

# What brings a new head, or opens again. A label of our own is an update too: checking for it
# would set the label again, and so for ever.
_GITLAB = ("open", "reopen")


def number_of(event: bytes) -> int | None:
    """Return the number of the pull or merge request that an event asks to check.

    None if it is an event that brings nothing new. RegistryError if it is about no request.
    """
    try:
        value = orjson.loads(event)
    except orjson.JSONDecodeError as error:
        raise RegistryError(f"the event that started this is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise RegistryError("the event that started this is not one of a pull request")
    if value.get("object_kind") == "merge_request":
        return _of_gitlab(value)
    if value.get("object_kind") == "note":
        return _of_gitlab_comment(value)
    number = value.get("number") or (value.get("pull_request") or {}).get("number")
    if not isinstance(number, int):
        raise RegistryError(
            "the event that started this is not one of a pull request", help="give its NUMBER"
        )
    return number


def _of_gitlab(hook: dict[str, Any]) -> int | None:
    """Read a merge request hook: https://docs.gitlab.com/user/project/integrations/webhook_events/"""
    attributes = hook.get("object_attributes") or {}
    number, action = attributes.get("iid"), attributes.get("action")
    if not isinstance(number, int):
        raise RegistryError("the merge request hook has no object_attributes.iid")
    is_push = action == "update" and bool(attributes.get("oldrev"))
    return number if action in _GITLAB or is_push else None


def _of_gitlab_comment(hook: dict[str, Any]) -> int | None:
    """Read a comment hook: a request is checked again when somebody approves a commit of it."""
    text = (hook.get("object_attributes") or {}).get("note")
    number = (hook.get("merge_request") or {}).get("iid")
    is_approval = isinstance(text, str) and bool(approval.commits_in(text))
    return number if is_approval and isinstance(number, int) else None
