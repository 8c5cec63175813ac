"""The objects of an agent's clone, brought to where no agent can write before git reads them.

Whoever looks at a file and then lets git open it by its name has looked in vain: the agent may put a pipe in its place
meanwhile, and git waits for the other end for ever. So the bytes are copied through descriptors that wait for nothing,
and git is given the copies. What has been brought into the repository is not copied again.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.processes.confined_files import copy_confined, names_below
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone

OBJECTS: Final = PurePath(".git/objects")
_FOLDER: Final = re.compile(r"[0-9a-f]{2}")
_LOOSE: Final = re.compile(r"[0-9a-f]{38}(?:[0-9a-f]{24})?")
_PACK: Final = re.compile(r"pack-[0-9a-f]+\.(?:pack|idx)")
_SPARED: Final = 2
"""Of what is free on the disk, one part in so many may be taken for the time of a fetch."""


def copy_objects(clone: WorkClone, git: GitRunner, into: Path) -> None:
    """Copy to the folder *into* the clone's objects that the repository of *git* lacks, and its packs. Raises CloneFailed."""
    left = shutil.disk_usage(into).free // _SPARED
    loose = names_below(clone.path, OBJECTS, _FOLDER, _LOOSE)
    known = _known(git, {folder + name for folder, names in loose.items() for name in names})
    lacking = {
        folder: [name for name in names if folder + name not in known] for folder, names in loose.items()
    }
    packs = names_below(clone.path, OBJECTS, re.compile("pack"), _PACK)
    for folder, names in (*lacking.items(), *packs.items()):
        if names:
            left = _copy(clone, folder, names, into, left)


def _copy(clone: WorkClone, folder: str, names: Sequence[str], into: Path, left: int) -> int:
    """How many bytes are left to take. Raises CloneFailed where a file holds more than those."""
    (into / folder).mkdir(exist_ok=True)
    for name, size in copy_confined(clone.path, OBJECTS / folder, names, into / folder, left):
        left -= size
        if left < 0:
            raise CloneFailed(
                f"{clone.path / OBJECTS / folder / name} holds {size:,} bytes, and there is no room on the disk to read "
                "them apart"
            )
    return left


def _known(git: GitRunner, names: set[str]) -> set[str]:
    """Those of the objects *names* that the repository has."""
    if not names:
        return set()
    asked = "".join(f"{name}\n" for name in sorted(names)).encode()
    here_alone = {"GIT_NO_LAZY_FETCH": "1"}
    asks = ("cat-file", "--batch-check=%(objectname)", "--buffer")
    said = git.feed(*asks, stdin=asked, variables=here_alone).stdout
    return names.intersection(said.decode("ascii").split("\n"))
