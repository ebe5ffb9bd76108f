"""Which folder of builder/ imports which, read from the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "builder"


@dataclass(frozen=True, order=True)
class Import:
    """An import statement, wherever it stands: the file, the line, and the module it names."""

    path: str
    line: int
    module: str

    @property
    def importer(self) -> str:
        """The folder that imports, "" for builder/ itself."""
        return folder_of(self.path)

    @property
    def imported(self) -> str:
        """The folder that is imported, "" for builder/ itself."""
        path = self.module.replace(".", "/")
        return folder_of(f"{path}/" if (ROOT / path).is_dir() else f"{path}.py")

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: imports {self.module}"


def folder_of(path: str) -> str:
    """Return the folder of builder/ that a path is in: "rules" for "builder/rules/engine/rule.py"."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else ""


def modules() -> list[Path]:
    """List the Python files of builder/."""
    return sorted(PACKAGE.rglob("*.py"))


def imports() -> list[Import]:
    """List all imports of builder's own modules, those inside functions and by importlib too."""
    return [found for path in modules() for found in imports_of(path)]


def imports_of(path: Path) -> Iterator[Import]:
    """Yield the imports of builder's own modules in one file."""
    relative = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text())):
        for module in _named(node):
            if module == "builder" or module.startswith("builder."):
                yield Import(relative, node.lineno, _existing(module))  # type: ignore[attr-defined]


def _named(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            base = "builder" if level else str(module)
            yield from (f"{base}.{alias.name}" for alias in names)
        case ast.Call(func=function, args=[argument, *_]) if _name(function) == "import_module":
            yield _start(argument)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _start(argument: ast.expr) -> str:
    """Return the module named, or of an f-string the part before the first value."""
    match argument:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return text.rstrip(".")
    return ""


def _existing(dotted: str) -> str:
    """Return the longest prefix that is a module: `builder.git.records` for `...records.FILES`."""
    parts = dotted.split(".")
    while parts:
        path = ROOT.joinpath(*parts)
        if path.is_dir() or path.with_suffix(".py").is_file():
            break
        parts.pop()
    return ".".join(parts)
