"""The objects of an agent's clone, brought to where no agent can write before git reads them.

Whoever looks at a file and then lets git open it by its name has looked in vain: the agent may put a pipe in its place
meanwhile, and git waits for the other end for ever. So the bytes are copied through descriptors that wait for nothing,
and git is given the copies. What has been brought into the repository is not copied again.
"""

import re
import shutil
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.processes.confined_files import ConfinedFile, files_in
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
    loose = files_in(clone.path, OBJECTS, _FOLDER, _LOOSE)
    known = _known(git, {_name(each.place) for each in loose})
    for file in loose:
        if _name(file.place) not in known:
            left -= _copy(file, into, left)
    for file in files_in(clone.path, OBJECTS, re.compile("pack"), _PACK):
        left -= _copy(file, into, left)


def _copy(file: ConfinedFile, into: Path, left: int) -> int:
    """How many bytes it took."""
    to = into / file.place.relative_to(OBJECTS)
    to.parent.mkdir(exist_ok=True)
    size = file.copy(to, left)
    if size > left:
        raise CloneFailed(
            f"{file.root / file.place} holds {size:,} bytes, and there is no room on the disk to read them apart"
        )
    return size


def _name(place: PurePath) -> str:
    return place.parent.name + place.name


def _known(git: GitRunner, names: set[str]) -> set[str]:
    """Those of the objects *names* that the repository has."""
    if not names:
        return set()
    asked = "".join(f"{name}\n" for name in sorted(names)).encode()
    here_alone = {"GIT_NO_LAZY_FETCH": "1"}
    asks = ("cat-file", "--batch-check=%(objectname)", "--buffer")
    said = git.feed(*asks, stdin=asked, variables=here_alone).stdout
    return names.intersection(said.decode("ascii").split("\n"))
