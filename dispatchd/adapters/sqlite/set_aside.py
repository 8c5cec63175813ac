"""Takes a database out of the way without losing it, and puts it back. Nothing may have it open meanwhile."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

FOLDER: Final = "set-aside"
COMPANIONS: Final = ("", "-wal", "-shm")


def set_aside_at(database: Path, at: datetime) -> Path | None:
    """Move *database* and what belongs to it into `set-aside/` beside it; where it is then, None if there was none."""
    if not any(database.with_name(database.name + companion).exists() for companion in COMPANIONS):
        return None
    folder = database.parent / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    stem = f"{database.stem}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (f"{stem}{more}.db" for more in ("", *(f"-{number}" for number in range(2, 1000))))
    target = next(folder / name for name in names if not (folder / name).exists())
    move(database, target)
    return target


def put_back(database: Path, kept: Path | None) -> None:
    """Let what was set aside as *kept* be the database again; what has taken its place since goes."""
    for companion in COMPANIONS:
        database.with_name(database.name + companion).unlink(missing_ok=True)
    if kept is not None:
        move(kept, database)


def move(source: Path, target: Path) -> None:
    """Rename a database and what belongs to it."""
    for companion in COMPANIONS:
        part = source.with_name(source.name + companion)
        if part.exists():
            part.rename(target.with_name(target.name + companion))
