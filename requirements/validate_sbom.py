"""Fail unless a bill of materials is valid CycloneDX: validate_sbom.py FILE."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

if __name__ == "__main__":
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    wrong = validator.validate_str(Path(sys.argv[1]).read_text())
    sys.exit(str(wrong) if wrong else 0)
