"""The hosts that a registry can be put on: one row each, with its tier and its files.

What stands in those files is builder/pages/host_files.py's, how much a host takes builder/hosts/limits.py's,
and what each promises is told by the documentation ("Hosts"). Files that are not to be served
stand in `.hosts/<host>/`, which the configurations of hosts that have one hide.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from builder.model.config import Config, Host

WORKER = "_worker.js"
LARGEST_FILE = 25 * 1024 * 1024
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
class Files:
    """One host: what it is called, its tier, and its files as (path in the output, template).

    `rewrites_v0`: it serves /v0 from the files of /v0.1, so that those need no copies.
    """

    title: str
    tier: Tier
    files: tuple[tuple[str, str], ...]
    rewrites_v0: bool = True


HOSTS: Mapping[Host, Files] = {
    "github-pages": Files(
        title="GitHub Pages",
        tier=Tier.PLAIN,
        files=((".nojekyll", "empty"),),
        rewrites_v0=False,
    ),
    "cloudflare": Files(
        title="Cloudflare Pages and Workers",
        tier=Tier.EDGE,
        files=(
            ("_headers", "_headers"),
            ("_routes.json", "cloudflare/_routes.json"),
            (f"{WORKER}/index.js", "cloudflare/index.js"),
            (".assetsignore", "cloudflare/.assetsignore"),
            (".hosts/cloudflare/wrangler.jsonc", "cloudflare/wrangler.jsonc"),
        ),
    ),
    "netlify": Files(
        title="Netlify",
        tier=Tier.REWRITING,
        files=(("_headers", "_headers"), ("_redirects", "netlify/_redirects")),
    ),
    "vercel": Files(
        title="Vercel", tier=Tier.REWRITING, files=(("vercel.json", "vercel/vercel.json"),)
    ),
    "azure": Files(
        title="Azure Static Web Apps",
        tier=Tier.PLAIN,
        files=(("staticwebapp.config.json", "azure/staticwebapp.config.json"),),
        rewrites_v0=False,
    ),
    "nginx": Files(
        title="nginx",
        tier=Tier.REWRITING,
        files=((".hosts/nginx/registry.conf", "nginx/registry.conf"),),
    ),
    "caddy": Files(
        title="Caddy",
        tier=Tier.REWRITING,
        files=((".hosts/caddy/Caddyfile", "caddy/Caddyfile"),),
    ),
    "apache": Files(
        title="Apache",
        tier=Tier.REWRITING,
        files=(
            (".hosts/apache/registry.conf", "apache/registry.conf"),
            (".htaccess", "apache/.htaccess"),
        ),
    ),
    "s3": Files(
        title="S3 with CloudFront",
        tier=Tier.REWRITING,
        files=((".hosts/s3/function.js", "s3/function.js"),),
    ),
}


def needs_v0_files(config: Config) -> bool:
    """Tell whether /v0 must be written as copies: some named host cannot rewrite it to /v0.1."""
    return config.api.v0 and not all(HOSTS[host].rewrites_v0 for host in config.hosts)


def needs_whole_list(config: Config) -> bool:
    """Tell whether `/v0.1/servers` must be one document: some named host cannot do without.

    At 25,000 servers it is larger than the 25 MiB that Cloudflare takes.
    """
    return any(HOSTS[host].tier is not Tier.EDGE for host in config.hosts)
