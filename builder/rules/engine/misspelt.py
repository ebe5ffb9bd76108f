"""What a publisher meant by a field or a value that server.json does not know.

Casing and separators first (`registry_type`), then words that other formats have for the same
thing (`env`, `docker`), then near spellings. The words are those of public entries and bug
reports, of client configurations, package.json and MCPB manifests.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

_ALIKE = 0.8  # difflib's ratio from which a spelling counts as the same word, mistyped

# A known field -> other words for it. A word counts only where the object has the field.
_FIELDS: Mapping[str, str] = {
    "$schema": "schema jsonschema schemaurl schemaversion",
    "name": "id servername server key variable envname header headername env flag option",
    "title": "displayname label friendlyname humanname",
    "description": "desc summary about details help longdescription text",
    "version": "ver versionnumber semver tag release packageversion serverversion",
    "repository": "repo sourcecode git github repositoryurl repourl source code",
    "websiteUrl": "website homepage homepageurl web site siteurl url weburl documentation docs docsurl",
    "icons": "icon logo logos iconurl image images logourl",
    "packages": "package distributions distribution artifacts installations installs",
    "remotes": "remote endpoints endpoint servers urls hosts services remoteservers transports transport",
    "_meta": "meta metadata x extra extensions",
    "registryType": "registry type registryname packageregistry packagetype kind ecosystem manager "
    "packagemanager source registrytypes",
    "registryBaseUrl": "registryurl baseurl registryuri registrybaseuri indexurl index registryhost",
    "identifier": "name package packagename id packageid image ref reference uri packageidentifier",
    "fileSha256": "sha256 hash checksum digest filehash sha sha256sum shasum integrity sha256hash",
    "runtimeHint": "runtime command cmd runner runwith executable launcher",
    "runtimeArguments": "runtimeargs runnerargs runtimeoptions commandargs runtimearg",
    "packageArguments": "args arguments packageargs cmdargs argv parameters params options packagearg",
    "environmentVariables": "env envs environment envvars envvar environmentvars environmentvariable vars "
    "variables envvariables config settings environ",
    "transport": "transports transporttype protocol connection mode",
    "type": "transporttype transport kind protocol transportkind argumenttype remotetype",
    "url": "endpoint uri address href link baseurl serverurl remoteurl serverendpoint endpointurl host src",
    "headers": "header httpheaders requestheaders",
    "variables": "vars variable parameters params placeholders templatevariables",
    "source": "provider type kind host vcs platform forge service",
    "subfolder": "subpath directory path folder subdir dir subdirectory",
    "src": "url href source uri path link file",
    "mimeType": "mime contenttype type mediatype format",
    "sizes": "size dimensions resolution",
    "theme": "mode colorscheme",
    "isRequired": "required mandatory needed require isrequire optional isoptional",
    "isSecret": "secret sensitive private password confidential hidden issensitive",
    "isRepeated": "repeated multiple repeatable many variadic ismultiple",
    "default": "defaultvalue initial fallback",
    "value": "val content fixedvalue const defaultvalue",
    "valueHint": "hint valuename argumentname metavar",
    "placeholder": "example hint sample examplevalue",
    "choices": "enum options allowedvalues values choice allowed",
    "format": "type datatype valuetype kind",
}
_VALUES: Mapping[str, str] = {
    "npm": "node nodejs npmjs npmjsorg npmjscom npx yarn pnpm js javascript typescript npmpackage npmregistry",
    "pypi": "python pip uv uvx pipx pypiorg pythonpackage poetry conda",
    "nuget": "dotnet dnx csharp nugetorg net nugetpackage",
    "cargo": "crate crates cratesio rust crateio",
    "oci": "docker container dockerimage image dockerhub ghcr podman containerimage ociimage dockerio dockercontainer",
    "mcpb": "dxt bundle mcpbundle githubrelease githubreleases release desktopextension",
    "streamable-http": "http https streamable streamablehttp httpstream httpstreaming streaminghttp "
    "streamhttp httpstreamable remote web",
    "sse": "serversentevents eventsource httpsse eventstream",
    "stdio": "stdin local standardio stdinout stdout process command pipe",
    "named": "flag option keyword name key long short",
    "positional": "position value arg argument ordered",
    "string": "text str url uri secret password",
    "number": "int integer float double decimal numeric port",
    "boolean": "bool flag switch yesno",
    "filepath": "path file folder directory dir filename",
    "github": "githubcom gh",
    "gitlab": "gitlabcom gl",
    "light": "day bright white",
    "dark": "night black",
}


def _by_word(table: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    names_of: dict[str, list[str]] = {}
    for known, words in table.items():
        for word in words.split():
            names_of.setdefault(word, []).append(known)
    return {word: tuple(known) for word, known in names_of.items()}


_MEANT_FIELDS = _by_word(_FIELDS)
_MEANT_VALUES = _by_word(_VALUES)


def field(given: str, known: Collection[str]) -> str | None:
    """Return which of the fields that an object may have a key stands for; None for none of them."""
    return _meant(given, known, _MEANT_FIELDS)


def value(given: str, choices: Collection[str]) -> str | None:
    """Return which of the allowed values a text stands for; None for none of them."""
    return _meant(given, choices, _MEANT_VALUES)


def question(meant: str | None) -> str:
    """Write the help for a mistaken word; "" where nothing is known that was meant."""
    return f"did you mean {meant}?" if meant else ""


def _meant(given: str, known: Collection[str], synonyms: Mapping[str, Iterable[str]]) -> str | None:
    folded = {fold(name): name for name in known}
    word = fold(given)
    if word in folded:
        return folded[word]
    for name in synonyms.get(word, ()):
        if name in known:
            return name
    close = get_close_matches(word, folded, 1, _ALIKE)
    return folded[close[0]] if close else None


def fold(text: str) -> str:
    """Return the letters and digits of a word in lower case: what casing and separators hide."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
