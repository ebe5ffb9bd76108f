"""What a build says of mirrored servers that are not in the list of all."""

from __future__ import annotations

from builder.catalogue.apart import apart
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.wording import counted, visible
from builder.runtime.progress import Progress

_SHOWN = 5


def tell_apart(catalogue: Catalogue, config: Config, progress: Progress) -> None:
    """Tell which servers stand apart, where a named host serves one list to everybody."""
    names = sorted(apart(catalogue, config)) if config.needs_whole_list else []
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        progress.say(
            f"{counted(len(names), 'mirrored server')} not in the list that a host without queries "
            f"serves, for breaking the current schema: {visible(', '.join(names[:_SHOWN]))}{more} "
            "(policy.mirror.invalid)"
        )
