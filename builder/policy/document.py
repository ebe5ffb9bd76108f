"""What the policy reads in a server.json: packages, hosts, transports, secrets, what runs.

A document may be of any shape: what is not of the form that it should have counts as absent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from builder.model import filled_in, image_name, remote_address
from builder.model.json_values import as_object, objects, text
from builder.model.package_types import PACKAGE_TYPES
from builder.model.policy_settings import host_of
from builder.model.server_json import schema_id
from builder.policy import package_forms

Values = Mapping[str, Any]
_RUNS = (
    "registryType",
    "registryBaseUrl",
    "identifier",
    "version",
    "fileSha256",
    "runtimeHint",
    "runtimeArguments",
    "packageArguments",
    "environmentVariables",
    "transport",
)
_DOCKER_HUB = "docker.io"
_ARGUMENTS = ("runtimeArguments", "packageArguments")
_INDEXED = ("npm", "pypi", "nuget")
"""Types whose runner can be told to take packages from elsewhere."""
_SOURCES = re.compile(
    r"npm_config_(?:.*:)?registry|(?:uv|pip)_(?:.*index.*|find_links)|nuget_.*", re.IGNORECASE
)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[\\/]{2}[^\s'\",;]+")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_PORT = re.compile(r":[0-9]+\Z")
_OWN_MACHINE = re.compile(r"(?:.*\.)?localhost\.?|127\.[0-9.]+|0\.0\.0\.0|\[::1?\]").fullmatch


def package_types(document: Values) -> frozenset[str]:
    """Return the types of a document's packages."""
    return frozenset(text(package, "registryType") for package in objects(document.get("packages")))


def transports(document: Values) -> frozenset[str]:
    """Return the transports of a document's packages and remotes."""
    packages = objects(document.get("packages"))
    inner = [text(as_object(package.get("transport")), "type") for package in packages]
    return frozenset(
        [*inner, *(text(remote, "type") for remote in objects(document.get("remotes")))]
    )


def packages(document: Values) -> frozenset[str]:
    """Return every form of every package's identifier."""
    named = objects(document.get("packages"))
    return frozenset(form for package in named for form in package_forms.forms(package))


def package_registry(package: Values) -> str:
    """Return the host that a package or an image comes from, "" if that is not known."""
    kind, identifier = text(package, "registryType"), text(package, "identifier")
    if kind == "oci":
        name = image_name.host(identifier).lower()
        return _DOCKER_HUB if name.endswith(f".{_DOCKER_HUB}") else name
    if kind == "mcpb":
        return host(package_forms.identity(package))
    known = PACKAGE_TYPES.get(kind)
    base = _slashed(text(package, "registryBaseUrl")) or (known.base_url if known else "")
    try:
        written = host_of(base)
    except ValueError:
        written = ""
    port = _PORT.search(written)
    return f"{name}{port[0] if port else ''}" if (name := remote_address.host(base)) else written


def package_registries(document: Values) -> frozenset[str]:
    """Return the hosts that a document's packages come from, or that it has their runner ask."""
    named = objects(document.get("packages"))
    hosts = (host for package in named for host in (package_registry(package), *_asked(package)))
    return frozenset(filter(None, hosts))


def _asked(package: Values) -> Iterator[str]:
    """Yield the hosts of the addresses by which a package's runner is told where packages are."""
    if text(package, "registryType") not in _INDEXED:
        return
    given = [*objects(package.get("runtimeArguments"))]
    for variable in objects(package.get("environmentVariables")):
        if _SOURCES.fullmatch(text(variable, "name")):
            given.append(variable)
    for item in given:
        for word in (text(item, "name"), *filled_in.offers(item)):
            for filled in filled_in.addresses((word, filled_in.variables(item))):
                yield from map(host, _ADDRESS.findall(filled))


def _slashed(url: str) -> str:
    """Write an address as who follows it reads it: to the URL standard a backslash is a slash."""
    return url.replace("\\", "/")


def host(url: str) -> str:
    """Return the host of an address as who follows it has it: in small letters and punycode, without its
    port or a dot at its end; {variables} stay. Of what is no URL it is what stands in its place.
    """
    return remote_address.host(url) or _written_host(url)


def _written_host(url: str) -> str:
    try:
        netloc = urlsplit(_slashed(url)).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
    return netloc[: netloc.find("]") + 1] if netloc.startswith("[") else _without_port(netloc)


def _without_port(netloc: str) -> str:
    # A colon in {host:port} belongs to the variable's name.
    plain = _PLACEHOLDER.sub(lambda variable: "x" * len(variable[0]), netloc)
    end = plain.find(":")
    return netloc if end < 0 else netloc[:end]


def remote_hosts(document: Values) -> frozenset[str]:
    """Return the hosts that a document leads to: its remotes', and those that its packages are reached at.

    An address with variables counts as it is written and as the entry's own values fill it in. A package
    that a user starts is reached at the user's own machine, which is no host of a remote.
    """
    packages = (host(url) for url in filled_in.of_packages(document))
    away = (name for name in packages if _PLACEHOLDER.sub("", name) and not _OWN_MACHINE(name))
    return frozenset(filter(None, (*map(host, filled_in.of_remotes(document)), *away)))


def repository(document: Values) -> str:
    """Return the address of the repository without its scheme and `.git`, "" if there is none."""
    url = text(as_object(document.get("repository")), "url")
    return url.partition("://")[2].removeprefix("www.").rstrip("/").removesuffix(".git")


def schema_date(document: Values) -> str:
    """Return the date in `$schema`, `none` if it has none."""
    return schema_id(document.get("$schema")) or "none"


def inputs(document: Values) -> Iterator[tuple[str, Values]]:
    """Yield what a document asks for, by name: variables, headers and arguments, nested ones too."""
    for package in objects(document.get("packages")):
        for key in ("environmentVariables", *_ARGUMENTS):
            for entered in objects(package.get(key)):
                yield from _with_variables(entered)
        yield from _of_transport(as_object(package.get("transport")))
    for remote in objects(document.get("remotes")):
        yield from _of_transport(remote)


def _of_transport(transport: Values) -> Iterator[tuple[str, Values]]:
    for header in objects(transport.get("headers")):
        yield from _with_variables(header)
    yield from _variables(transport)


def _with_variables(entered: Values) -> Iterator[tuple[str, Values]]:
    yield text(entered, "name") or text(entered, "valueHint") or text(entered, "value"), entered
    yield from _variables(entered)


def _variables(entered: Values) -> Iterator[tuple[str, Values]]:
    for name, value in as_object(entered.get("variables")).items():
        yield name, as_object(value)


def secrets(document: Values) -> frozenset[str]:
    """Return the names of the secrets that a document asks for."""
    return frozenset(name for name, entered in inputs(document) if entered.get("isSecret") is True)


def variables(document: Values) -> frozenset[str]:
    """Return the names of the environment variables and headers that a document sets."""
    packages = objects(document.get("packages"))
    remotes = objects(document.get("remotes"))
    named = [
        variable
        for package in packages
        for variable in objects(package.get("environmentVariables"))
    ]
    named += [header for remote in remotes for header in objects(remote.get("headers"))]
    return frozenset(filter(None, (text(setting, "name") for setting in named)))


def arguments(document: Values) -> frozenset[str]:
    """Return the arguments that a document's packages are started with, each as one text."""
    listed = (
        argument
        for package in objects(document.get("packages"))
        for key in _ARGUMENTS
        for argument in objects(package.get(key))
    )
    return frozenset(
        " ".join(
            filter(
                None,
                (text(argument, "name"), text(argument, "value") or text(argument, "valueHint")),
            )
        )
        for argument in listed
    )


def fingerprint(document: Values) -> str:
    """Return a hash (SHA-256, hex) of what matters for running: packages and remotes, whole.

    Descriptions, titles and the order of keys do not count.
    """
    named = objects(document.get("packages"))
    matter = {
        "packages": [{key: package[key] for key in _RUNS if key in package} for package in named],
        "remotes": objects(document.get("remotes")),
    }
    try:
        encoded = orjson.dumps(_bare(matter), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError):  # a number of more than 64 bits
        encoded = repr(_bare(matter)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(encoded).hexdigest()


def _bare(value: Any, *, has_names: bool = False) -> Any:
    """Return a value without descriptions, its keys in order. `has_names`: keys are names of variables."""
    if isinstance(value, Mapping):
        kept = {
            key: _bare(inner, has_names=key == "variables" and not has_names)
            for key, inner in value.items()
            if has_names or key != "description"
        }
        return dict(sorted(kept.items()))
    return [_bare(inner) for inner in value] if isinstance(value, list) else value
