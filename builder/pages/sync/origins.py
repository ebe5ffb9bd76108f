"""The logs of the registries that this one mirrors, so that it can prove what came from there.

Below `origins/`: of each log the signed checkpoint, the key and the tiles as `mirror` keeps them in
the repository, and `index.json` with the names of the logs and their folders.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.layout import ORIGINS
from builder.model.page import Page, json_page
from builder.pages.api.servers import extension

_CHECKPOINT = "/checkpoint"


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The files of every log, and their index; none if nothing is kept of any."""
    folder = f"{extension(config)}/{ORIGINS}"
    rows = []
    for path, body in catalogue.origins.items():
        yield Page(f"{folder}/{path}", body)
        if path.endswith(_CHECKPOINT):
            log = body.decode("utf-8", "replace").partition("\n")[0]
            rows.append({"log": log, "url": path.removesuffix(_CHECKPOINT)})
    if rows:
        yield json_page(f"{folder}/index.json", {"origins": rows})
