"""Where programs are installed: a cell hides the user's home, and many programs stand in it."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

_NODE: Final = "node"
_MODULES: Final = "node_modules"


def folders_of(programs: Sequence[str], home: Path) -> tuple[Path, ...]:
    """The folders that have to be seen for *programs* to run; never *home* itself or one around it."""
    found = (each for name in (*programs, _NODE) if programs for each in _folders(name))
    around = {home.resolve(), *home.resolve().parents, home, *home.parents}
    return tuple(dict.fromkeys(each for each in found if each not in around))


def _folders(program: str) -> Iterator[Path]:
    """Its own folder, and where the links lead: a package of Node's needs the packages beside it as well."""
    here = shutil.which(program)
    if here is None:
        return
    yield Path(here).parent
    there = Path(here).resolve()
    parts = there.parts
    if _MODULES in parts:
        yield Path(*parts[: parts.index(_MODULES) + 1])
    else:
        yield there.parent
