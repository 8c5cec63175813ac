"""The project's own Python files, parsed once, for the tests of its shape."""

import ast
import gc
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    path: str
    text: str
    tree: ast.Module

    def walk(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)


@cache
def sources(folder: str) -> tuple[SourceFile, ...]:
    """Every Python file below *folder* of the checkout."""
    files = sorted(CHECKOUT.joinpath(folder).rglob("*.py"))
    # A million nodes that stay: looking through them for rubbish, again and again, would take far longer than parsing.
    gc.disable()
    try:
        return tuple(_parsed(file) for file in files)
    finally:
        gc.freeze()
        gc.enable()


def _parsed(file: Path) -> SourceFile:
    text = file.read_text(encoding="utf-8")
    return SourceFile(path=file.relative_to(CHECKOUT).as_posix(), text=text, tree=ast.parse(text))


def tracked_files() -> tuple[str, ...]:
    """What git would publish."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return tuple(path for path in done.stdout.split("\0") if path)


def imported_modules(source: SourceFile) -> Iterator[str]:
    """The names of all modules *source* imports, wherever in it the import stands."""
    for node in source.walk():
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
