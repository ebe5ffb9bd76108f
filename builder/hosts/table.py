"""The hosts that a registry can be put on: one record each, and all that the builder knows of it.

What stands in a host's files is pages/host_files' business, and what each tier promises is told
by the documentation ("Hosts"). Files that are not to be served stand in `.hosts/<host>/`, which
the configurations of hosts that have one hide.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WORKER = "_worker.js"
MIB = 1024 * 1024
LARGEST_FILE = 25 * MIB
"""The largest file that the strictest of the hosts takes (Cloudflare)."""


class Tier(enum.StrEnum):
    """How much of the official API's queries a host answers."""

    PLAIN = "plain"
    """None: every path, queries ignored."""
    REWRITING = "rewriting"
    """Pages of both lists, by rewriting the query to a file."""
    EDGE = "edge"
    """All of them, in the edge worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPlan:
    """What one plan of a host takes: files, bytes of one file, bytes in all. None: not stated."""

    name: str
    files: int | None = None
    file_bytes: int | None = None
    total_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host: its name in registry.yaml, its title, its tier, its files, and what it takes.

    `files` are (path in the output, template in site/hosts/). The flags name what a host cannot do
    with the common files alone: `rewrites_v0`, it serves /v0 from the files of /v0.1, so that those
    need no copies; `runs_worker`, it runs the edge worker; `files_by_cursor`, it answers a cursor
    by putting it into a path; `documents_by_index`, it serves no other document of a folder than
    index.html; `pages_before_folders`, it serves `a.html` for `/a` although there is a folder `a`,
    for which it redirects otherwise; `serves_packs`, it serves a packed site; `own_disk`, it serves
    a disk of the operator's own. `plans` are its plans, smallest first, as documented at `plans_page`; none
    where the disk is the operator's own.
    """

    name: str
    title: str
    tier: Tier
    files: tuple[tuple[str, str], ...]
    rewrites_v0: bool = True
    runs_worker: bool = False
    files_by_cursor: bool = False
    documents_by_index: bool = False
    pages_before_folders: bool = False
    serves_packs: bool = False
    own_disk: bool = False
    plans: tuple[HostPlan, ...] = ()
    plans_page: str = ""


HOSTS: Mapping[str, Host] = {
    host.name: host
    for host in (
        Host(
            name="github-pages",
            title="GitHub Pages",
            tier=Tier.PLAIN,
            files=((".nojekyll", "empty"),),
            rewrites_v0=False,
            pages_before_folders=True,
            plans=(HostPlan(name="every plan", total_bytes=1_000_000_000),),
            plans_page="https://docs.github.com/en/pages/getting-started-with-github-pages/github-pages-limits",
        ),
        # The pages of a GitLab of one's own have what its operator allows.
        Host(
            name="gitlab-pages",
            title="GitLab Pages",
            tier=Tier.PLAIN,
            files=(),
            rewrites_v0=False,
            documents_by_index=True,
            plans=(HostPlan(name="gitlab.com", files=200_000, total_bytes=1_000_000_000),),
            plans_page="https://docs.gitlab.com/user/gitlab_com/#gitlab-pages",
        ),
        # Pages are a branch: what counts is the space for git of a user or organisation.
        Host(
            name="codeberg-pages",
            title="Codeberg Pages",
            tier=Tier.PLAIN,
            files=(),
            rewrites_v0=False,
            documents_by_index=True,
            plans=(HostPlan(name="without asking for more", total_bytes=750 * MIB),),
            plans_page="https://blog.codeberg.org/new-storage-limits-on-codeberg-what-you-need-to-know.html",
        ),
        Host(
            name="cloudflare",
            title="Cloudflare Pages and Workers",
            tier=Tier.EDGE,
            files=(
                ("_headers", "_headers"),
                ("_routes.json", "cloudflare/_routes.json"),
                (f"{WORKER}/index.js", "cloudflare/index.js"),
                (".assetsignore", "cloudflare/.assetsignore"),
                (".hosts/cloudflare/wrangler.jsonc", "cloudflare/wrangler.jsonc"),
            ),
            runs_worker=True,
            serves_packs=True,
            plans=(
                HostPlan(name="the free plan", files=20_000, file_bytes=25 * MIB),
                HostPlan(name="the largest plan", files=100_000, file_bytes=25 * MIB),
            ),
            plans_page="https://developers.cloudflare.com/workers/platform/limits/#static-assets",
        ),
        # Netlify states no limit but 54,000 files in one folder.
        Host(
            name="netlify",
            title="Netlify",
            tier=Tier.REWRITING,
            files=(("_headers", "_headers"), ("_redirects", "netlify/_redirects")),
            files_by_cursor=True,
        ),
        Host(
            name="vercel",
            title="Vercel",
            tier=Tier.REWRITING,
            files=(("vercel.json", "vercel/vercel.json"),),
        ),
        Host(
            name="azure",
            title="Azure Static Web Apps",
            tier=Tier.PLAIN,
            files=(("staticwebapp.config.json", "azure/staticwebapp.config.json"),),
            rewrites_v0=False,
            documents_by_index=True,
            plans=(
                HostPlan(name="the free plan", files=15_000, total_bytes=250 * MIB),
                HostPlan(name="the standard plan", files=15_000, total_bytes=500 * MIB),
            ),
            plans_page="https://learn.microsoft.com/azure/static-web-apps/quotas",
        ),
        Host(
            name="nginx",
            title="nginx",
            tier=Tier.REWRITING,
            own_disk=True,
            files=(
                (".hosts/nginx/http.conf", "nginx/http.conf"),
                (".hosts/nginx/registry.conf", "nginx/registry.conf"),
            ),
        ),
        Host(
            name="caddy",
            title="Caddy",
            tier=Tier.REWRITING,
            own_disk=True,
            files=(
                (".hosts/caddy/Caddyfile", "caddy/Caddyfile"),
                (".hosts/caddy/registry.caddy", "caddy/registry.caddy"),
            ),
        ),
        Host(
            name="apache",
            title="Apache",
            tier=Tier.REWRITING,
            own_disk=True,
            files=(
                (".hosts/apache/registry.conf", "apache/registry.conf"),
                (".htaccess", "apache/.htaccess"),
            ),
        ),
        Host(
            name="s3",
            title="S3 with CloudFront",
            tier=Tier.REWRITING,
            files=((".hosts/s3/function.js", "s3/function.js"),),
        ),
    )
}


def named(names: Iterable[str]) -> tuple[Host, ...]:
    """Return the records of hosts that registry.yaml names."""
    return tuple(HOSTS[name] for name in names)
