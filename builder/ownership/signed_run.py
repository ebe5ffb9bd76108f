"""What a Sigstore bundle says once it was verified, and why one is not believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.model.errors import RegistryError

if TYPE_CHECKING:
    from builder.ownership.ci_run import CiRun

MAX_BYTES = 64 * 1024
"""The largest bundle; they have 5 to 11 KiB."""


class BundleError(ValueError):
    """A bundle does not vouch for an entry; the text says why."""


class Unverifiable(RegistryError):
    """Bundles cannot be verified here: the library is not installed, or its roots cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRun:
    """The run that vouched for some bytes, when (seconds since 1970), and where it is logged.

    `log_index` is the position in Sigstore's public log: search.sigstore.dev finds it there. None
    if the run vouched by logging in.
    """

    run: CiRun
    time: int
    log_index: int | None = None
