"""The target of a deploy, from what the user typed: a folder, or a bucket's URL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from builder.deploy import bucket, folder, plan
from builder.deploy.bucket import BuiltSite, DeployResult
from builder.deploy.store_errors import first_line
from builder.git import settings
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from builder.output.tree import DEPLOY_STATE
from builder.pages.host_files import IMMUTABLE, cache_control

SCHEMES = ("s3://", "gs://", "az://", "azure://", "abfss://")


class Older(RegistryError):
    """What is to be deployed is not newer than what is there."""


def deploy(
    repository: Repository,
    site: Path,
    target: str,
    *,
    force: bool,
    back: bool = False,
    verify: bool,
    remove_foreign: bool = False,
    grace: int,
    precompress: bool,
) -> DeployResult:
    """Deploy a built site to a target; `grace` is in seconds.

    With `verify` what is there is compared with the site; a folder always is; `remove_foreign` then
    deletes objects of a bucket that no deploy has written. With `force` every file is written.
    Raises Older if the target has a generation that this one does not contain (`force` and `back`
    skip that), and RegistryError for what the site, the target or the store refuses.
    """
    built = read_site(repository, site)
    generation = built.manifest.generation
    may_replace = _ignore if force or back else _ancestor_check(repository, generation)
    if target.startswith(SCHEMES):
        return bucket.deploy(
            open_store(target),
            built,
            may_replace,
            grace=grace,
            everything=force,
            verify_objects=verify,
            remove_foreign=remove_foreign,
        )
    if "://" in target:
        raise RegistryError(
            f"{target} is not a target", help=f"name a folder, or a URL: {', '.join(SCHEMES)}"
        )
    return folder.deploy(Path(target), built, may_replace, precompress=precompress)


def open_store(url: str) -> ObjectStore:
    """Open a bucket. Credentials and endpoint come from the provider's usual variables.

    https://developmentseed.org/obstore/latest/authentication/
    """
    parts = urlsplit(url)
    if parts.query or parts.fragment or ("@" in parts.netloc and parts.scheme != "abfss"):
        raise RegistryError(
            "the address of a bucket has no query, no fragment, no user name and no password",
            help="they stand in the provider's variables: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, ...",
        )
    try:
        return from_url(url)
    except (BaseError, ValueError) as error:
        raise RegistryError(f"cannot open {url}: {first_line(error)}") from error


def read_site(repository: Repository, folder: Path) -> BuiltSite:
    """Read what there is to deploy; RegistryError if a folder is no built site."""
    if (folder / DEPLOY_STATE).exists():
        raise RegistryError(
            f"{folder} is the target of a deploy, not a built site",
            help="deploy what build wrote: public/, or the folder of its --out",
        )
    try:
        generation = orjson.loads((folder / plan.INDEX).read_bytes())["generation"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RegistryError(
            f"{folder} is not a built site", help="build it first: mcp-registry build"
        ) from error
    config = settings.load_config(repository, repository.commit(generation))
    return BuiltSite(
        folder=folder,
        manifest=plan.read_site(folder, generation),
        cache_control=lambda path: cache_control(path, config),
        is_immutable=lambda path: cache_control(path, config) == IMMUTABLE,
    )


def _ancestor_check(repository: Repository, generation: str) -> Callable[[str], None]:
    def check(deployed: str) -> None:
        if deployed not in repository.first_parents(generation):
            raise Older(
                f"the target has commit {deployed[:12]}, which is not part of what leads to {generation[:12]}",
                help="deploy a newer commit, go back on purpose with --to, or replace all with --force",
            )

    return check


def _ignore(_generation: str) -> None:
    return
