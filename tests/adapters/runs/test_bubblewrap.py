"""The cell around an agent, tried for real: what it can write, what it cannot see, and what the self-test finds."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dispatchd.adapters.runs.bubblewrap import Bubblewrap
from dispatchd.adapters.runs.lease_filter import FILE, attempt, is_known_here, program
from dispatchd.application.ports.sandbox import Cell

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")


class Ground:
    """A repository, a tree, a user's home with secrets, and an agent's folders, all below one folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "user"
        self.repository = self.home / "repo" / ".git"
        self.tree = self.home / "repo" / ".dispatch"
        self.private = self.repository / "dispatchd"
        self.clone = folder / "clones" / "i-7k2m"
        self.agent_home = self.private / "homes" / "ash"
        for path in (
            self.repository / "refs" / "heads",
            self.repository / "hooks",
            self.repository / "objects",
            self.tree / "issues",
            self.private,
            self.clone,
            self.agent_home,
            self.home / ".ssh",
        ):
            path.mkdir(parents=True)
        (self.repository / "config").write_text("[core]\n")
        (self.home / ".ssh" / "id").write_text("secret\n")
        (self.private / "state.db").write_text("rows\n")
        self.sandbox = Bubblewrap(self.home)

    foreign: tuple[Path, ...] = ()

    def cell(self) -> Cell:
        return Cell(
            writable=(self.clone, self.agent_home),
            readable=(self.repository, self.tree),
            hidden=(self.private,),
            foreign=self.foreign,
            home=self.agent_home,
            folder=self.clone,
        )

    def sh(self, script: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.agent_home)}
        command = self.sandbox.wrap(("/bin/sh", "-c", script), environment, self.cell())
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )


@pytest.fixture
def ground() -> Iterator[Ground]:
    # Not below /tmp, which is empty inside: the clone would be bound into it, and that is another case.
    with tempfile.TemporaryDirectory(prefix="dispatchd-cell-", dir=Path(__file__).parent) as folder:
        yield Ground(Path(folder))


def test_it_writes_in_its_own_folders(ground: Ground) -> None:
    ended = ground.sh("echo a > here && echo b > $HOME/there && pwd")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == str(ground.clone)
    assert (ground.clone / "here").read_text() == "a\n"
    assert (ground.agent_home / "there").read_text() == "b\n"


@pytest.mark.parametrize(
    "what",
    [
        pytest.param("tree/issues/x.md", id="100-a file of the tree"),
        pytest.param("home/.ssh/allowed_signers", id="106-the list of trusted keys"),
        "repository/refs/heads/main",
        "repository/config",
        "repository/hooks/pre-commit",
    ],
)
def test_it_cannot_write_what_is_not_its_own(ground: Ground, what: str) -> None:
    whose, _, rest = what.partition("/")
    target = getattr(ground, whose) / rest
    ended = ground.sh(f"echo bad >> '{target}'")
    assert ended.returncode != 0
    assert "bad" not in (target.read_text() if target.exists() else "")


def test_it_sees_nothing_private(ground: Ground) -> None:
    ended = ground.sh(f"cat '{ground.private}/state.db'; cat '{ground.home}/.ssh/id'; ls '{ground.home}'")
    assert "rows" not in ended.stdout
    assert "secret" not in ended.stdout


def test_it_sees_no_other_process(ground: Ground) -> None:
    ended = ground.sh("ls /proc | grep -c '^[0-9]'")
    assert int(ended.stdout.split()[0]) < 10


def test_106_no_command_line_tells_what_its_environment_holds(ground: Ground) -> None:
    environment = {"PATH": os.environ["PATH"], "API_KEY": "sesame", "TMPDIR": str(ground.clone)}
    words = ground.sandbox.wrap(("/bin/sh", "-c", "echo $API_KEY $TMPDIR"), environment, ground.cell())
    assert "sesame" not in " ".join(words)
    told = subprocess.run(words, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["sesame", str(ground.clone)]


def test_100_what_other_workspaces_keep_is_not_seen(ground: Ground) -> None:
    apart, shown, writable, gone, below_tmp = (
        ground.clone.parent / "apart" / ".git" / "dispatchd",
        ground.repository / "modules" / "part" / "dispatchd",
        ground.clone / ".git" / "dispatchd",
        ground.clone.parent / "gone",
        Path(tempfile.mkdtemp()),
    )
    for folder in (apart, shown, writable):
        folder.mkdir(parents=True)
        (folder / "order.json").write_text("sesame\n")
    ground.foreign = (apart, shown, writable, gone, below_tmp)
    try:
        ended = ground.sh(
            f"cat '{apart}/order.json' '{shown}/order.json' 2> /dev/null; ls -d '{below_tmp}' 2> /dev/null; "
            f"echo x > '{apart}/new' || cat '{writable}/order.json'"
        )
    finally:
        below_tmp.rmdir()
    assert ended.stdout.splitlines() == ["sesame"], ended.stderr
    assert not (apart / "new").exists()


@pytest.mark.skipif(not is_known_here(), reason="there is no filter for this machine")
def test_no_process_inside_takes_a_lease_so_people_save_in_place_at_once(ground: Ground) -> None:
    save = ground.tree / "issues" / "x.md"
    save.write_text("a\n")
    own = ground.clone / "own"
    own.write_text("a\n")
    script = shlex.quote(attempt(str(save)))
    for path in (save, own):
        ended = ground.sh(f"{os.path.realpath(sys.executable)} -ISc {shlex.quote(attempt(str(path)))}")
        assert ended.stdout == ""
        assert "PermissionError: [Errno 1]" in ended.stderr
    outside = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -ISc {script}"], capture_output=True, check=True
    )
    assert outside.stdout == b"leases\n"


def test_locks_of_files_and_what_else_fcntl_does_work_inside(ground: Ground) -> None:
    does = "import fcntl; f = open('own', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); fcntl.fcntl(f, fcntl.F_SETFD, 1); print(1)"
    assert ground.sh(f"{os.path.realpath(sys.executable)} -ISc {shlex.quote(does)}").stdout == "1\n"


def test_the_filter_is_the_program_that_it_is_said_to_be() -> None:
    assert FILE.read_bytes() == program()


class Unfiltered(Bubblewrap):
    """A sandbox that somebody has broken: no filter is given to it."""

    def wrap(self, argv: tuple[str, ...], environment: Mapping[str, str], cell: Cell) -> tuple[str, ...]:
        words = super().wrap(argv, environment, cell)
        at = words.index("--seccomp")
        return ("bwrap", *words[at + 2 :])


@pytest.mark.skipif(not is_known_here(), reason="there is no filter for this machine")
def test_the_self_test_finds_that_leases_can_be_taken(ground: Ground) -> None:
    scratch = ground.clone.parent / "scratch"
    found = Unfiltered(ground.home).prove(ground.repository, ground.tree, ground.private, scratch)
    assert not found.holds
    assert "leases" in found.why


def test_the_self_test_finds_that_it_holds(ground: Ground) -> None:
    found = ground.sandbox.prove(
        ground.repository, ground.tree, ground.private, ground.clone.parent / "scratch"
    )
    assert found.holds, found.why
    assert not (ground.repository / "refs" / "dispatchd" / "self-test").exists()


class Open(Bubblewrap):
    """A sandbox somebody has broken: the repository can be written."""

    def wrap(self, argv: tuple[str, ...], environment: Mapping[str, str], cell: Cell) -> tuple[str, ...]:
        wider = Cell(writable=(*cell.writable, *cell.readable), home=cell.home, folder=cell.folder)
        return super().wrap(argv, environment, wider)


def test_the_self_test_finds_a_hole(ground: Ground) -> None:
    found = Open(ground.home).prove(
        ground.repository, ground.tree, ground.private, ground.clone.parent / "scratch"
    )
    assert not found.holds
    assert str(ground.tree) in found.why


class Powerful(Bubblewrap):
    """A sandbox whose processes keep the capabilities that root has; for another uid those of its namespace."""

    def wrap(self, argv: tuple[str, ...], environment: Mapping[str, str], cell: Cell) -> tuple[str, ...]:
        words = super().wrap(argv, environment, cell)
        at = words.index("--cap-drop")
        return (*words[:at], "--cap-add", *words[at + 1 :])


def test_the_self_test_finds_that_mounts_can_be_changed(ground: Ground) -> None:
    found = Powerful(ground.home).prove(
        ground.repository, ground.tree, ground.private, ground.clone.parent / "scratch"
    )
    assert not found.holds
    assert "capabilities" in found.why
    assert "the-mounts" in found.why
    assert not list(ground.tree.glob("**/.dispatchd-self-test")), "trying to get out writes nothing there"


def test_100_whoever_runs_the_daemon_the_cell_cannot_be_undone_from_inside(ground: Ground) -> None:
    ended = ground.sh(
        "grep Cap /proc/self/status\n"
        f"for place in '{ground.tree}' '{ground.repository}' /; do mount -o remount,rw,bind $place && echo undone; done\n"
        f"umount '{ground.private}' && echo undone\n"
        f"unshare -Urm mount -o remount,rw,bind '{ground.tree}' && echo undone\n"
        "( : >> /proc/sys/kernel/core_pattern ) && echo undone\n"
        f"echo bad > '{ground.tree}/issues/x.md'\n"
        "echo here > here && echo home > $HOME/there"
    )
    assert "undone" not in ended.stdout
    powers = [line.split()[1] for line in ended.stdout.splitlines() if line.startswith(("CapPrm", "CapEff"))]
    assert powers == ["0000000000000000"] * 2
    assert not (ground.tree / "issues" / "x.md").exists()
    assert (ground.agent_home / "there").read_text() == "home\n", "it writes where it may, root or not"


def test_without_the_program_it_says_what_to_install(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = ground.sandbox.prove(ground.repository, ground.tree, ground.private, ground.clone.parent / "s")
    assert not found.holds
    assert "apt install bubblewrap" in found.why


def test_a_folder_that_is_reached_by_a_link_is_seen_and_written_by_both_names(ground: Ground) -> None:
    tools = ground.clone.parent / "tools"
    tools.mkdir()
    (tools / "tool").write_text("here\n")
    link = ground.clone.parent / "link"
    link.symlink_to(ground.clone.parent)
    ground.clone = link / "i-7k2m"
    ground.tree = link / "tools"
    ended = ground.sh(f"cat '{link}/tools/tool' '{tools}/tool' && echo a > here && pwd -P")
    assert ended.stdout.splitlines() == ["here", "here", str(ground.clone.resolve())], ended.stderr
    assert (ground.clone / "here").read_text() == "a\n"


def test_a_link_in_the_users_home_leads_where_it_did(ground: Ground) -> None:
    there = ground.clone.parent / "programs"
    (there / "bin").mkdir(parents=True)
    (there / "bin" / "tool").write_text("here\n")
    (ground.home / "programs").symlink_to(there)
    ground.tree = ground.home / "programs" / "bin"
    assert ground.sh(f"cat '{ground.tree}/tool'").stdout == "here\n"
