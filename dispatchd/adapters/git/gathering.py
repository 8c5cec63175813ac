"""Gathers the many small objects that commits leave into few packs, before git's own commands become slow.

Nothing is ever pruned: an object that nothing refers to may be a person's way back, and stays until git's own `gc`
lets it go. When to look is left to the caller.
"""

import os
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.building import DURABLE
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.application.ports.audit_log import AuditError
from dispatchd.application.ports.repository import RepositoryPlaces

MOST_LOOSE: Final = 6700
MOST_PACKS: Final = 50
"""Both are the numbers at which git itself would begin to collect."""
MOST_LOOSE_BYTES: Final = 256 << 20
"""Each commit to a folder of 100,000 files holds that folder's list anew, 4.6 MB; in a pack it is what has changed."""
_FOLDERS: Final = 256
_ONE_OF_THEM: Final = "17"
"""Names of objects are spread evenly, so that one folder tells how many there are; it is git's own choice, too."""


def gather_objects(places: RepositoryPlaces) -> bool:
    """Put loose objects and small packs together if there are too many. Whether that was done. Raises AuditError."""
    if not _are_too_many(places) or (places.common_dir / "gc.pid").exists():
        return False
    runner = GitRunner(places.common_dir)
    try:
        # Packs are joined so that each is twice the next smaller: few, and none is written again and again.
        runner.feed(
            "repack", "--quiet", "-d", "--geometric=2", stdin=b"", settings=(*DURABLE, "pack.threads=1")
        )
    except GitFailedError as failed:
        raise AuditError(str(failed)) from failed
    return True


def _are_too_many(places: RepositoryPlaces) -> bool:
    objects = places.common_dir / "objects"
    loose = sum(len(name) >= 38 for name in _names(objects / _ONE_OF_THEM))
    packs = sum(name.endswith(".pack") for name in _names(objects / "pack"))
    if loose * _FOLDERS > MOST_LOOSE or packs > MOST_PACKS:
        return True
    return sum(_bytes_in(objects / f"{number:02x}") for number in range(_FOLDERS)) > MOST_LOOSE_BYTES


def _bytes_in(folder: Path) -> int:
    try:
        with os.scandir(folder) as entries:
            return sum(each.stat(follow_symlinks=False).st_size for each in entries)
    except FileNotFoundError:  # no such folder, or git has just put an object of it into a pack
        return 0


def _names(folder: Path) -> list[str]:
    try:
        return [each.name for each in folder.iterdir()]
    except FileNotFoundError:
        return []
