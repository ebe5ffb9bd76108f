"""The command line: which commands there are, and what an exit code means.

    0  done, nothing wrong        2  usage, configuration or repository
    1  findings                   3  a bug, shown with its traceback
                                130  interrupted

Each command is a module in builder/commands/, imported only when it runs: `--help` must not wait
for libraries that it does not use.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from difflib import get_close_matches
from typing import NoReturn

import click

from builder import __version__
from builder.git.failures import refusal
from builder.model.errors import RegistryError
from builder.model.wording import visible_lines

# name -> what it does, in the order a person meets them
COMMANDS = {
    "init": "Make a new registry repository, ready to push.",
    "new": "Write a server's entry, from flags or from its package.",
    "publish": "Publish a server.json, by a registry's API or by a request.",
    "status": "Deprecate, withdraw, restore or rename a server, as its owner.",
    "check": "Check entries, or a proposed change, by every rule.",
    "keygen": "Make a key for a domain's namespaces.",
    "sign": "Sign entries with a domain's key.",
    "build": "Build the site and the API from a commit.",
    "serve": "Serve the site with the official API's queries.",
    "search": "Search servers, ranked as the site ranks them.",
    "probe": "Ask servers who they are and which tools they have; keep dated facts.",
    "prove": "Ask again whether owners, keys and domains hold; keep dated facts.",
    "topics": "Say what a server is about, and by which words.",
    "export": "Write an allow-list or a catalogue for a client.",
    "trust": "Keep the root of trust: who may sign a site.",
    "seal": "Sign the log of a built site.",
    "attest": "Put the attestation of a signed log beside it.",
    "deploy": "Bring a folder or a bucket up to the built site.",
    "policy": "Say which line of the policy decides about a server, and why.",
    "block": "Block a server: neither published nor brought in.",
    "unblock": "Take back the block of a server.",
    "approve": "Let in a version that the policy holds for review.",
    "advisories": "Read advisories about packages, and say which servers they are about.",
    "mirror": "Bring an upstream registry's servers into servers/.",
    "pull": "Keep a verified copy of a registry.",
    "verify": "Prove that an entry is what a registry published.",
    "rebuild": "Build a registry's site again and compare.",
    "witness": "Cosign the log of a registry, as a witness.",
    "receive": "Judge what is pushed to a server of git alone: a pre-receive hook.",
    "pull-request": "Act on a pull or merge request: the workflows' steps.",
}


class _Commands(click.Group):
    """A group that imports a command's module when the command is asked for."""

    # click gives each of these a context, which a table does not need.
    # ruff: noqa: ARG002

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"builder.commands.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            like = get_close_matches(args[0], COMMANDS, n=1)
            if not like:
                raise
            raise click.UsageError(f"{error.message} Did you mean {like[0]!r}?", ctx) from error

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader of our output went away (`| head`): not an error of ours.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Shell completion: eval "$(_MCP_REGISTRY_COMPLETE=bash_source mcp-registry)" (or zsh, fish).',
)
@click.version_option(__version__, prog_name="mcp-registry")
def cli() -> None:
    """A registry for MCP servers that is a git repository and a folder of files."""


def main() -> NoReturn:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        return _invoke(arguments)
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        # It may quote what others wrote; click calls its message final, for type checkers alone.
        vars(error).update(message=visible_lines(error.message))
        error.show()
        return error.exit_code
    except Exception:
        traceback.print_exc()
        click.echo(
            "error: this is a bug in mcp-registry; please report it with the lines above", err=True
        )
        return 3


def _invoke(arguments: list[str]) -> int:
    """Run a command. What the file system or git refuses is a user error, not a bug."""
    try:
        return int(cli.main(arguments, prog_name="mcp-registry", standalone_mode=False) or 0)
    except OSError as error:
        raise _refusal(error) from error
    except UnicodeEncodeError as error:
        wrong = next((word for word in arguments if not _is_utf_8(word)), None)
        if wrong is None:
            raise
        raise RegistryError(f"an argument is not UTF-8: {wrong!a}") from error
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error


def _is_utf_8(word: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in word)


# What a file system or the kernel refuses wherever it is asked, also where Python has no path.
_NO_ROOM = {
    errno.ENOSPC: "free some space on the disk, or name another folder in TMPDIR",
    errno.EDQUOT: "free some space on the disk, or name another folder in TMPDIR",
    errno.EFBIG: "the limit on the size of a file is too low: ulimit -f",
    errno.EROFS: "the file system is read-only",
    errno.EIO: "the disk is failing",
    errno.EMFILE: "the limit on open files is too low: ulimit -n",
    errno.ENFILE: "the limit on open files is too low",
    errno.ENOMEM: "free some memory, or use fewer --jobs",
    errno.ENOENT: "free some space on the disk, or name another folder in TMPDIR",
}


def _refusal(error: OSError) -> Exception:
    """Return what the file system refused as an error of one line, or the error if it is a bug."""
    if error.filename is not None:
        return RegistryError(f"{error.filename}: {error.strerror}")
    if error.errno in _NO_ROOM:
        return RegistryError(str(error.strerror), help=_NO_ROOM[error.errno])
    return error
