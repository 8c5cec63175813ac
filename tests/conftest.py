"""What holds for every test: one hypothesis profile, a home of its own, nothing of the developer's environment, no
network.

The environment is changed once for the whole run, so that processes a test starts see the same.
"""

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
GIT_CONFIG = """\
[user]
\tname = Alice Doe
\temail = alice@example.com
[init]
\tdefaultBranch = main
[advice]
\tdetachedHead = false
[protocol "file"]
\tallow = always
"""

KEPT = {"PATH", "LD_LIBRARY_PATH", "USER", "LOGNAME", "TMPDIR", "TORTURE_SECONDS", "COLD"}
"""What a test, and every process that it starts, has of the environment the tests are run in."""

SLOW = {"system", "demo", "torture", "engines", "crash", "properties"}
"""Folders of tests that mostly take more than a second."""

hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("fixed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "cold: programs of ours are started from nothing, as a person starts them"
    )
    # The tests start some thousands of Python programs; each would compile all its modules, which is most of its work.
    sys.dont_write_bytecode = False
    # Prettier as the continuous integration installs it, or a developer with npm.
    tools = [str(CHECKOUT / folder / "node_modules" / ".bin") for folder in (".venv/node", ".")]
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *tools])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each worker its share of whole daemons first: what is left at the end is short, and none waits for another."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    parts = [[file for file in files if _is_slow(file) is slow] for slow in (True, False)]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = [
        item
        for number in range(workers)
        for part in parts
        for file in part[number::workers]
        for item in files[file]
    ]


def _is_slow(file: Path) -> bool:
    return file.is_relative_to(CHECKOUT) and file.relative_to(CHECKOUT).parts[1] in SLOW


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """HOME, XDG, git's settings, terminal and umask are this run's own; of the developer's only KEPT reaches a test."""
    home = Path(tempfile.mkdtemp(prefix="dispatchd-home-"))
    (home / ".gitconfig").write_text(GIT_CONFIG, encoding="utf-8")
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    umask = os.umask(0o022)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name not in KEPT and not name.startswith("PYTEST_"):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_TERMINAL_PROMPT", "0")
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("TZ", "UTC")
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("SHELL", "/bin/sh")
        time.tzset()
        yield
    time.tzset()
    os.umask(umask)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Only this machine can be reached from a test's own process."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: tuple[str, int] | str | bytes) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address):
            raise AssertionError(f"a test tried to reach {address!r}; tests use no network")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_here)
        yield


def _is_loopback(address: object) -> bool:
    host = address[0] if isinstance(address, tuple) else ""
    return isinstance(host, str) and (host in {"localhost", "::1"} or host.startswith("127."))


@pytest.fixture
def outside_tmp() -> Iterator[Path]:
    """A folder for tests with real editors, removed afterwards.

    It is not below /tmp, where vim keeps no backup and saves in place (`backupskip`), so that a test there would
    prove nothing. It may lie inside this project's own repository: make a repository in it before any git command.
    """
    base = CHECKOUT / ".tmp-tests"
    if base.is_relative_to("/tmp") or base.is_relative_to(tempfile.gettempdir()):  # noqa: S108 - vim's own rule
        base = Path("/var/tmp") / f"dispatchd-tests-{os.getuid()}"  # noqa: S108 - vim does not skip this one
    base.mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=base))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    try:
        base.rmdir()
    except OSError:
        return  # another test, or another worker, still uses it


@pytest.fixture(scope="session")
def prettier() -> str:
    """The path of Prettier, for tests that show its output to be the daemon's."""
    found = shutil.which("prettier")
    if found is None:
        pytest.skip("needs prettier (npm install --prefix .venv/node prettier)")
    return found
