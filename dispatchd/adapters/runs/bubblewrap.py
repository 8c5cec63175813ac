"""The cell around an agent: bubblewrap, with everything read-only, the homes and /tmp empty, and no other process in sight.

A read-only bind of a file would vanish when the host renames over it, so only folders are bound. For root bubblewrap
keeps every capability unless told otherwise, and who may mount makes any of it writable again. That the cell holds is
never taken for granted: `prove` tries to get out of it, once before and once after a ref was rewritten. The environment
is handed down as such: any user of the machine can read a command line, and keys stand in it.
"""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.environment import inherited
from dispatchd.adapters.processes.runner import ProgramMissingError, ProgramTimedOutError, run
from dispatchd.adapters.runs.lease_filter import FILE, attempt, is_known_here
from dispatchd.application.ports.sandbox import Cell, Containment, Sandbox

_PROGRAM: Final = "bwrap"
_LIMIT: Final = 30.0
_FILTER: Final = "9"
"""The descriptor that it reads its filter from, and closes."""
_OF_THE_KERNEL: Final = ("sys", "sysrq-trigger", "irq", "bus", "fs", "scsi", "acpi")
"""What of /proc the kernel lets root write for being root, with no capability: a core pattern names a program of the
host's that it starts as root.
"""
_LOST: Final = ("TMPDIR",)
"""Of the environment what a bubblewrap that is installed for everybody's use (setuid) is not handed; no secret."""
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ")


class Bubblewrap:
    """*home* is the user's, which is hidden; what of it an agent needs is shown again."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def wrap(self, argv: tuple[str, ...], environment: Mapping[str, str], cell: Cell) -> tuple[str, ...]:
        """The command that runs *argv* in the cell, to be started with *environment* and nothing else."""
        empty = tuple(self._emptied(cell))
        hidden = [str(inside(path, empty)) for path in (*cell.hidden, *_foreign(cell, empty))]
        return (
            *_started(),
            *_namespaces(network=cell.network),
            *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
            *(
                part
                for name in _OF_THE_KERNEL
                for part in ("--ro-bind-try", f"/proc/{name}", f"/proc/{name}")
            ),
            *(part for path in empty for part in ("--tmpfs", str(path))),
            *_shown(((path, path) for path in cell.readable), empty),
            *(part for path in hidden for part in ("--tmpfs", path)),
            *(part for path in cell.writable for part in ("--bind", str(path), str(inside(path, empty)))),
            *_shown(((there, here) for here, there in cell.placed.items()), empty),
            *(part for path in hidden for part in ("--remount-ro", path)),
            *("--chdir", str(cell.folder)),
            *(
                part
                for name in _LOST
                if name in environment
                for part in ("--setenv", name, environment[name])
            ),
            "--",
            *argv,
        )

    def _emptied(self, cell: Cell) -> Iterator[Path]:
        """Places that are empty inside; one that is a link stands for where it leads."""
        places = dict.fromkeys(path.resolve() for path in (Path("/tmp"), Path("/run"), self._home))  # noqa: S108
        for path in places:
            if path.is_dir() and path not in {Path("/"), *cell.writable}:
                yield path

    def prove(self, repository: Path, tree: Path, private: Path, scratch: Path) -> Containment:
        """Try to get out, in every way that would matter."""
        if shutil.which(_PROGRAM) is None:
            return Containment(
                holds=False, why="bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap)"
            )
        if not repository.is_dir():
            return Containment(holds=False, why=f"the repository is gone from {repository}")
        try:
            scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="cell-", dir=scratch) as folder:
                return self._tried(repository, tree, private, Path(folder))
        except (OSError, ProgramMissingError, ProgramTimedOutError) as error:
            told = error.strerror if isinstance(error, OSError) else None
            return Containment(
                holds=False, why=f"the cell could not be tried: {told or error}", is_known=False
            )

    def _tried(self, repository: Path, tree: Path, private: Path, folder: Path) -> Containment:
        ours = Path(sys.base_prefix)
        shown = (ours,) if any(map(ours.is_relative_to, (Path("/tmp"), Path("/run"), self._home))) else ()  # noqa: S108
        readable = (repository, tree, *shown)
        cell = Cell(writable=(folder,), readable=readable, hidden=(private,), home=folder, folder=folder)
        ref = repository / "refs" / "dispatchd" / "self-test"
        ref.parent.mkdir(exist_ok=True)
        targets = _targets(repository, tree, private)
        with _Listener(private) as listening:
            for _ in range(2):
                # Written anew, so that a bind of the file itself would be found to have gone.
                ref.with_name("self-test.new").write_text("0\n", encoding="ascii")
                ref.with_name("self-test.new").rename(ref)
                why = self._one_try(cell, targets, listening)
                if why:
                    ref.unlink(missing_ok=True)
                    return Containment(holds=False, why=why)
        ref.unlink(missing_ok=True)
        return Containment(holds=True)

    def _one_try(self, cell: Cell, targets: Sequence[Path], listening: Path) -> str:
        environment = {name: value for name, value in inherited().items() if name in _KEPT}
        environment["HOME"] = str(cell.home)
        script = "\n".join(
            (*_attempts(targets, listening), *_leases(targets[-2]), *_powers(cell), "echo inside")
        )
        command = self.wrap(("/bin/sh", "-c", script), environment, cell)
        ended = run(command, env=environment, timeout=_LIMIT)
        if ended.exit_code:
            said = ended.stderr.decode("utf-8", errors="replace").strip().splitlines()
            return f"bubblewrap does not work here: {said[-1] if said else 'it gave no reason'}"
        got_out = ended.stdout.decode("utf-8", errors="replace").split()
        if "inside" not in got_out:
            return "bubblewrap ran nothing"
        out = dict.fromkeys(word for word in got_out if word != "inside")
        return f"from inside the cell one can reach {', '.join(out)}" if out else ""


def _started() -> tuple[str, ...]:
    """How the program is started: with the filter open where it is told to read it, by whoever starts it."""
    if not is_known_here():
        return (_PROGRAM,)
    return ("/bin/sh", "-c", f'exec "$@" {_FILTER}<"$0"', str(FILE), _PROGRAM, "--seccomp", _FILTER)


def _namespaces(*, network: bool) -> tuple[str, ...]:
    words = ("--unshare-user-try", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
    rest = ("--cap-drop", "ALL", "--die-with-parent", "--new-session")
    return (*words, *(() if network else ("--unshare-net",)), *rest)


def _shown(paths: Iterable[tuple[Path, Path]], empty: Sequence[Path]) -> Iterator[str]:
    """What is there of *paths*, each with the place at which it is seen."""
    for there, here in paths:
        if there.exists():
            yield from ("--ro-bind", str(there), str(inside(here, empty)))


def _foreign(cell: Cell, empty: Sequence[Path]) -> Iterator[Path]:
    """What is there of `cell.foreign` and would be seen: not in a place that is empty, nor in what is the agent's own."""
    own = [each.resolve() for each in (*cell.writable, *cell.hidden)]
    shown = [each.resolve() for each in cell.readable]
    for path in cell.foreign:
        is_own = any(path.is_relative_to(each) or each.is_relative_to(path) for each in own)
        is_empty = any(map(path.is_relative_to, empty)) and not any(map(path.is_relative_to, shown))
        if not is_own and not is_empty and path.is_dir():
            yield path


def inside(path: Path, empty: Sequence[Path]) -> Path:
    """Where *path* can be mounted: links are followed, for none can be mounted through, up to a place that is *empty*.

    The links themselves are seen inside, so that both names lead there; those in an empty place are not, and a folder
    takes the place of each.
    """
    ends = [(str(each), f"{each}/") for each in empty]
    here = path.anchor
    for number, part in enumerate(path.parts[1:], start=2):
        here = os.path.join(here, part)  # noqa: PTH118 -- asked for each part of each folder of each turn
        if any(here == end or here.startswith(below) for end, below in ends):
            return Path(here, *path.parts[number:])
        if part == ".." or os.path.islink(here):  # noqa: PTH114
            here = os.path.realpath(here)
    return Path(here)


def _targets(repository: Path, tree: Path, private: Path) -> tuple[Path, ...]:
    """What must not be writable from inside."""
    return (
        tree,
        tree / "issues",
        repository,
        repository / "config",
        repository / "hooks",
        repository / "objects",
        repository / "refs" / "heads",
        repository / "refs" / "dispatchd" / "self-test",
        private,
    )


def _attempts(targets: Sequence[Path], listening: Path) -> Sequence[str]:
    """Lines of a script that prints the name of everything it could do."""
    lines = []
    for path in targets:
        quoted = _shell(str(path))
        name = _shell(str(path))
        if path.is_dir():
            lines.append(
                f"( : > {quoted}/.dispatchd-self-test ) 2>/dev/null && [ -e {quoted}/.dispatchd-self-test ] && echo {name}"
            )
        else:
            lines.append(f"[ -e {quoted} ] && ( : >> {quoted} ) 2>/dev/null && echo {name}")
    lines.append(f"[ -e {_shell(str(listening))} ] && echo the-control-socket")
    lines.append('[ -n "$DBUS_SESSION_BUS_ADDRESS$SSH_AUTH_SOCK$GH_TOKEN$GITHUB_TOKEN" ] && echo credentials')
    lines.append('[ -S "/run/user/$(id -u)/bus" ] && echo the-session-bus')
    return lines


def _leases(path: Path) -> Sequence[str]:
    """Lines that try to take a lease on *path*, and look for a filter where our Python is not to be had inside."""
    if not is_known_here():
        return ()
    program = _shell(os.path.realpath(sys.executable))
    return (
        f"{program} -ISc {_shell(attempt(str(path)))} 2>/dev/null",
        "grep -q '^Seccomp:.*2' /proc/self/status || echo leases",
    )


def _powers(cell: Cell) -> Sequence[str]:
    """Lines that try what would undo the cell itself: capabilities, mounts (also as root of a new namespace), and the
    kernel's settings, which are opened and not written. A host without `mount` still has what the kernel says.
    """
    shut = [f"mount -o remount,rw,bind {_shell(str(path))}" for path in (Path("/"), *cell.readable)]
    # Never `umount /`: with the power to, that makes the host's file system read-only.
    tries = "".join(
        f"{each} && echo the-mounts\n"
        for each in (*shut, *(f"umount {_shell(str(path))}" for path in cell.hidden))
    )
    return (
        "while read -r name value; do",
        'case "$name$value" in CapPrm:*[!0]*) echo capabilities ;; esac',
        "done < /proc/self/status",
        "( : >> /proc/sys/kernel/core_pattern ) 2>/dev/null && echo the-settings-of-the-kernel",
        f"( {tries}) 2>/dev/null",
        f"unshare -Urm /bin/sh -c {_shell(tries)} 2>/dev/null",
    )


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


class _Listener:
    """A socket where the control socket stands, to be reached for."""

    def __init__(self, private: Path) -> None:
        self._folder = private

    def __enter__(self) -> Path:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._path = self._folder / "self-test.sock"
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.bind(str(self._path))
        except OSError:  # the path is too long for a socket; a file in its place shows as much
            self._path.touch()
        return self._path

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)


_port: type[Sandbox] = Bubblewrap
