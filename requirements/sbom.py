"""Say in a bill of materials of which release it is: sbom.py DIST, after wheel and sdist are in DIST.

cyclonedx-py lists what is locked, but the version is not in pyproject.toml where it looks for it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from builder import __version__


def main(dist: Path) -> None:
    """Complete `sbom.cdx.json` in a folder: version, files and direct dependencies of the release."""
    path = dist / "sbom.cdx.json"
    bom = json.loads(path.read_text())
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    root = bom["metadata"]["component"]
    root["version"] = __version__
    root["purl"] = f"pkg:pypi/{root['name']}@{__version__}"
    files = sorted(dist.glob(f"*-{__version__}*"))
    root.setdefault("externalReferences", []).extend(map(_distribution, files))
    direct = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    refs = {canonicalize_name(part["name"]): part["bom-ref"] for part in bom["components"]}
    for row in bom["dependencies"]:
        if row["ref"] == root["bom-ref"]:
            row["dependsOn"] = sorted(refs[name] for name in direct)
    path.write_text(json.dumps(bom, indent=2, sort_keys=True) + "\n")


def _distribution(file: Path) -> dict[str, object]:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    hashes = [{"alg": "SHA-256", "content": digest}]
    return {"type": "distribution", "url": file.name, "hashes": hashes}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
