"""Whether so many files went at once that a person must be asked before anything is taken for a deletion."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from dispatchd.domain.identifiers import DocumentPath

MANY: Final = 10
"""More files than this, and more than a tenth of the tree."""
FOLDER: Final = 5
"""A folder with at least so many files that is emptied."""
WINDOW_SECONDS: Final = 10.0


def is_mass_deletion(gone: Sequence[DocumentPath], remaining: Collection[DocumentPath]) -> bool:
    """Whether *gone*, the files that vanished within the window, are too many to be believed."""
    tree = len(gone) + len(remaining)
    if len(gone) > MANY and len(gone) * 10 > tree:
        return True
    left = Counter(folder_of(path) for path in remaining)
    return any(
        count >= FOLDER and not left[folder] for folder, count in Counter(map(folder_of, gone)).items()
    )


def folder_of(path: DocumentPath) -> str:
    """The folder that *path* lies in."""
    return path.rpartition("/")[0]
