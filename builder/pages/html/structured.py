"""A server in schema.org's words (JSON-LD), for search engines."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from builder.catalogue.server import Server
from builder.install import Panel
from builder.model.config import Config
from builder.pages.html.heading import Heading
from builder.pages.html.panel import own_links
from builder.pages.html.row import changed
from builder.pages.html.text import instant


def structured(heading: Heading, server: Server, panel: Panel, config: Config) -> dict[str, Any]:
    """Describe the latest version as a SoftwareApplication; with a repository it is source code too."""
    same_as = [link.href for _, link in own_links(panel)]
    known = server.latest.known_facts().repository if server.latest else None
    licence = quote(known.licence) if known and known.licence else ""
    kind, repository = "SoftwareApplication", panel.repository
    return {
        "@context": "https://schema.org",
        "@type": [kind, "SoftwareSourceCode"] if repository else kind,
        **({"license": f"https://spdx.org/licenses/{licence}"} if licence else {}),
        **({"codeRepository": repository.href} if repository else {}),
        "applicationCategory": "DeveloperApplication",
        "name": heading.title,
        "identifier": heading.name,
        "description": heading.description,
        "softwareVersion": heading.version,
        "url": f"{config.base_url}/{heading.url}",
        "datePublished": instant(server.versions[-1].published),
        "dateModified": instant(changed(server.visible)),
        **({"sameAs": same_as} if same_as else {}),
    }
