"""Runs as folders: the order, the transcript, what is known of the process, and word of its end.

Whether a run lives is told by its shim's pid and when that was started: a pid alone could be somebody else's by now, and
a lock is held by whoever can read its file. The lock counts only for a shim that cannot be seen from here.
"""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

from dispatchd.adapters.processes.confined_files import make_confined, write_confined
from dispatchd.adapters.processes.owned_check import end_with_variable
from dispatchd.adapters.processes.process_facts import boot, is_near, lives
from dispatchd.adapters.processes.process_kin import TALK
from dispatchd.adapters.processes.shims import Shims
from dispatchd.application.ports.run_room import Life, RunExit, RunFolders, RunOrder, RunRoom, RunSight
from dispatchd.domain.agent_run import RunId

_ANSWERS_WITHIN: Final = 5.0
_TAIL: Final = 2048
_ORDER: Final = "order.json"
_BEGUN: Final = "begun"
_PLACE: Final = "place"
"""Where its folder stood when its order was written: the order names places below that."""


class FolderRunRoom:
    """Folders below *root*, each named after its run, for this user alone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.shims = Shims(root)

    def folders(self, run_id: RunId) -> RunFolders:
        """Where the run's own files are."""
        run = self._root / run_id
        return RunFolders(
            run=run, work=run / "work", transcript=run / "stdout.ndjson", stderr=run / "stderr.txt"
        )

    def prepare(self, run_id: RunId, order: RunOrder) -> None:
        """Lay the folder and the order; an order that stands already stays, unless it was for another place."""
        folders = self.folders(run_id)
        if (folders.run / _BEGUN).exists():
            return
        if (folders.run / _ORDER).exists() and self._moved_from(folders.run) is None:
            return
        (folders.run / _ORDER).unlink(missing_ok=True)
        for folder in (self._root, folders.run, folders.work):
            folder.mkdir(mode=0o700, exist_ok=True)
        for folder in order.makes:
            make_confined(*self._below_ours(folder))
        for path, content in order.lays.items():
            write_confined(*self._below_ours(path), content)
        write_confined(folders.run, PurePath(_PLACE), os.fsencode(folders.run))
        write_confined(folders.run, PurePath(_ORDER), json.dumps(_plain(order)).encode())

    def _moved_from(self, run: Path) -> Path | None:
        """Where the folder of a run stood when its order was written, where that is not where it stands."""
        try:
            place = Path(os.fsdecode((run / _PLACE).read_bytes()))
        except OSError:
            return None
        return None if place == run else place

    def _lives(self, run: Path, begun: dict[str, Any]) -> bool:
        """Whether its shim lives. One in a folder that was copied is the original's, and works there."""
        return _lives(run, begun) and (self._moved_from(run) is None or _works_in(run, begun))

    def _below_ours(self, path: Path) -> tuple[Path, PurePath]:
        """*path* from the nearest folder that no agent can change: in homes an earlier turn may have laid anything."""
        ours = self._root.parent
        return ours, path.relative_to(ours)

    def begin(self, run_id: RunId) -> None:
        """Start what was prepared; a second shim of the same folder ends at once."""
        run = self.folders(run_id).run
        if (run / _BEGUN).exists():
            return
        self.shims.start(run)

    def look(self, run_id: RunId) -> RunSight:
        """What can be seen of it."""
        folders = self.folders(run_id)
        size = folders.transcript.stat().st_size if folders.transcript.exists() else 0
        begun = _begun(folders.run)
        pid = begun.get("pid")
        moved = self._moved_from(folders.run) is not None
        word = _word(folders.run)
        if word is not None:
            tail = _tail(folders.stderr)
            return RunSight(
                life=Life.EXITED, exit=word, transcript_bytes=size, stderr_tail=tail, pid=pid, moved=moved
            )
        if not (folders.run / _BEGUN).exists():
            return RunSight(life=Life.PREPARED if (folders.run / _ORDER).exists() else Life.ABSENT)
        if self._lives(folders.run, begun):
            return RunSight(life=Life.ALIVE, transcript_bytes=size, pid=pid, moved=moved)
        word = _word(folders.run)  # it may have ended between the two looks
        life = Life.GONE if word is None else Life.EXITED
        return RunSight(
            life=life,
            exit=word,
            transcript_bytes=size,
            stderr_tail=_tail(folders.stderr),
            pid=pid,
            moved=moved,
        )

    def read(self, run_id: RunId, offset: int, most: int) -> bytes:
        """A part of the transcript."""
        try:
            with self.folders(run_id).transcript.open("rb") as file:
                file.seek(offset)
                return file.read(most)
        except FileNotFoundError:
            return b""

    def give(self, run_id: RunId, number: int, line: bytes) -> bool:
        """Give the agent a line, once for each number."""
        return self._say(run_id, {"give": base64.b64encode(line).decode(), "number": number})

    def end_input(self, run_id: RunId) -> None:
        """Close its standard input."""
        self._say(run_id, {"end": True})

    def stop(self, run_id: RunId, *, force: bool) -> None:
        """End its group, or every process of it; a shim that does not answer any more goes itself, with what it leaves."""
        if self._say(run_id, {"stop": force}) or not force:
            return
        folders = self.folders(run_id)
        begun = _begun(folders.run)
        if (
            begun.get("boot") == boot()
            and ("within" not in begun or is_near(begun))
            and self._lives(folders.run, begun)
        ):
            with contextlib.suppress(ProcessLookupError, PermissionError, KeyError):
                os.kill(begun["pid"], signal.SIGKILL)
        self._end_leftovers(folders)

    def standing(self) -> tuple[RunId, ...]:
        """Every run whose work folder stands."""
        if not self._root.is_dir():
            return ()
        return tuple(sorted(RunId(each.name) for each in self._root.iterdir() if (each / "work").is_dir()))

    def discard(self, run_id: RunId) -> None:
        """Forget what only a live run needs; where its shim was killed, what that left running ends here."""
        folders = self.folders(run_id)
        if _word(folders.run) is None:
            self._end_leftovers(folders)
        shutil.rmtree(folders.work, ignore_errors=True)
        for name in ("in.sock", "shim.txt", _ORDER):
            (folders.run / name).unlink(missing_ok=True)

    def forget_orders(self) -> None:
        """Let go of the orders of runs that have begun: earlier versions kept them, with all that stands in them."""
        for order in self._root.glob(f"*/{_ORDER}"):
            if order.with_name(_BEGUN).exists():
                order.unlink(missing_ok=True)

    def _end_leftovers(self, folders: RunFolders) -> None:
        """Kill what runs with the environment of the run, also from before it was moved; never an original's."""
        end_with_variable(f"{TALK}={folders.work}/")
        stood = self._moved_from(folders.run)
        if stood is not None and not stood.exists():
            end_with_variable(f"{TALK}={stood / folders.work.name}/")

    def _say(self, run_id: RunId, word: dict[str, Any]) -> bool:
        run = self.folders(run_id).run
        try:
            folder = os.open(run, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_ANSWERS_WITHIN)
                # A path through the descriptor is short enough, however deep the repository lies.
                connection.connect(f"/proc/self/fd/{folder}/in.sock")
                with connection.makefile("rwb") as stream:
                    stream.write(json.dumps(word).encode() + b"\n")
                    stream.flush()
                    return stream.readline() == b"ok\n"
        except OSError:
            return False
        finally:
            os.close(folder)


def _plain(order: RunOrder) -> dict[str, Any]:
    limits = {
        "RLIMIT_NPROC": order.most_processes,
        "RLIMIT_NOFILE": order.most_files,
        "RLIMIT_FSIZE": order.most_file_bytes,
    }
    return {
        "argv": list(order.argv),
        "environment": dict(order.environment),
        "folder": str(order.folder),
        "first_lines": [base64.b64encode(line).decode() for line in order.first_lines],
        "keeps_reading": order.keeps_reading,
        "limits": {name: most for name, most in limits.items() if most is not None},
    }


def _begun(run: Path) -> dict[str, Any]:
    try:
        read = json.loads((run / _BEGUN).read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _word(run: Path) -> RunExit | None:
    try:
        read = json.loads((run / "exit.json").read_bytes())
    except (OSError, ValueError):
        return None
    return RunExit(
        code=read.get("code"),
        signal=read.get("signal"),
        at=datetime.fromisoformat(read["at"]) if "at" in read else None,
        error=read.get("error", ""),
    )


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def _works_in(run: Path, begun: dict[str, Any]) -> bool:
    """Whether the shim works in that very folder, by whatever name."""
    try:
        return Path(f"/proc/{begun.get('pid')}/cwd").samefile(run)
    except OSError:
        return False


def _lives(run: Path, begun: dict[str, Any]) -> bool:
    """Whether the shim lives that has told of itself what *begun* says."""
    seen = lives(begun)
    return _is_held(run / "lock") if seen is None else seen


def _is_held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


_port: type[RunRoom] = FolderRunRoom
