"""The versions of the builder that a registry is for: `builder` in registry.yaml.

Another version may find more, write pages in another way or not know a setting, so that a registry
which names its versions is not built or checked by another one until somebody changes that line.
"""

from __future__ import annotations

from typing import Annotated

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version
from pydantic import AfterValidator

from builder import __version__
from builder.model import strict_yaml
from builder.model.errors import ConfigError, SettingsProblem
from builder.model.layout import CONFIG

KEY = "builder"


def _versions(value: str) -> str:
    try:
        SpecifierSet(value)
    except InvalidSpecifier as error:
        raise ValueError(f"{value!r} names no versions: write one as {suggested()!r}") from error
    return value


Versions = Annotated[str, AfterValidator(_versions)]


def suggested(version: str = __version__) -> str:
    """Return the versions that a registry made by a version is for: those with the same formats."""
    release = Version(version)
    return f"=={release.major}.{release.minor}.*"


def admits(versions: str, version: str = __version__) -> bool:
    """Return whether a registry for these versions (PEP 440, "" for any) may use this one."""
    return SpecifierSet(versions).contains(version, prereleases=True)


def require(versions: str, text: bytes, version: str = __version__) -> None:
    """Raise ConfigError, with the line of registry.yaml to change, if a version is not admitted."""
    if admits(versions, version):
        return
    line, column = strict_yaml.locate(text, (KEY,)) or (1, 1)
    message = f"the registry is for mcp-registry {versions}, and this is {version}"
    raise ConfigError(
        f"{CONFIG}:{line}: {message}",
        help=f"install a version that it is for; or, to upgrade, change line {line} to: "
        f'{KEY}: "{suggested(version)}"',
        problems=[SettingsProblem(f"{KEY}: {message}", line, column)],
    )
