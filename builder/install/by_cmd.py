"""Runners that are scripts on Windows: a client that starts programs without a shell needs cmd there.

cmd reads the arguments before the script does, and the script's own cmd reads them again: `&` ends
the command, `%PATH%` is replaced. No escape outlives both, so such arguments have no such launch.
"""

from __future__ import annotations

from dataclasses import replace

from builder.install.client import Client
from builder.install.entry import ClientEntry
from builder.install.plan import Local, Plan
from builder.install.powershell import means_more_to_cmd
from builder.install.program import Word

SCRIPTS = ("npx", "npm", "dnx")
WRAPPED = "On Windows, {0} starts {1} by cmd: the command is cmd, its first arguments /c and {1}."
UNSAFE = (
    "On Windows, {0} starts {1} by cmd, which would read characters of an argument as its own: "
    "this launch is not for Windows."
)


def wrapped(client: Client, entry: ClientEntry) -> ClientEntry | None:
    """Return the launch with cmd before it, or None where that is not needed or not safe."""
    plan = entry.plan
    if not (needs_cmd(client, plan) and isinstance(plan, Local)) or not is_safe(plan):
        return None
    first = ("/c", plan.command)
    args = (*(Word((word,)) for word in first), *plan.args)
    shown = replace(entry.shown, words=(*first, *entry.shown.words))
    return replace(entry, plan=replace(plan, command="cmd", args=args), shown=shown)


def note(client: Client, entry: ClientEntry) -> str:
    """Return what a user of Windows must know of a launch, "" if nothing."""
    plan = entry.plan
    if not (needs_cmd(client, plan) and isinstance(plan, Local)):
        return ""
    return (WRAPPED if is_safe(plan) else UNSAFE).format(client.title, plan.command)


def needs_cmd(client: Client, plan: Plan) -> bool:
    """Return whether a client could not start a launch on Windows by itself."""
    return client.wraps and isinstance(plan, Local) and plan.command in SCRIPTS


def is_safe(plan: Local) -> bool:
    """Return whether cmd hands the arguments on as they are, but for what the user writes."""
    parts = (part for word in plan.args for part in word.value)
    return not any(
        means_more_to_cmd(part if isinstance(part, str) else part.default)
        for part in parts
        if isinstance(part, str) or not part.secret  # whose default is never written
    )
