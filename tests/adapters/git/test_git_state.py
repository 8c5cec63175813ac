"""What git is at in the tree, and where the branch stands, as the daemon asks on every round."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.application.ports.audit_log import AuditError, BlobId, CommitId, TreeBusy
from dispatchd.application.ports.repository import RepositoryPlaces
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository


@pytest.fixture
def places(tmp_path: Path) -> RepositoryPlaces:
    return init(repository(tmp_path / "code").folder).places


def recorded(places: RepositoryPlaces) -> CommitId:
    log = GitAuditLog(places)
    return log.record([a_commit({"a.md": b"a\n"})], log.head())[-1]


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        (("merge", "side"), "a merge is open in .dispatch"),
        (("rebase", "side"), "a rebase is open in .dispatch"),
        (("cherry-pick", "side"), "a cherry-pick is open in .dispatch"),
        (
            ("checkout", "-q", "--detach"),
            ".dispatch is on no branch; `git -C .dispatch switch dispatch` brings it back",
        ),
        (
            ("checkout", "-q", "side"),
            ".dispatch is on the branch side; `git -C .dispatch switch dispatch` brings it back",
        ),
        (("status",), None),
    ],
)
def test_what_git_is_at_is_said_in_words(
    places: RepositoryPlaces, begin: tuple[str, ...], words: str | None
) -> None:
    person = Person(places.tree)
    person.git("branch", "side")
    person.commits("a.md", b"ours\n")
    ours = person.git("rev-parse", "HEAD")
    person.git("checkout", "-q", "side")
    person.commits("a.md", b"theirs\n")
    person.git("checkout", "-q", "dispatch")
    person.git(*begin, check=False)
    log = GitAuditLog(places)
    assert log.busy() == words
    assert log.head() == ours
    if words:
        with pytest.raises(TreeBusy):
            log.record([a_commit({"b.md": b"b\n"})], log.head())


def test_the_head_is_found_loose_packed_and_packed_beside_others(places: RepositoryPlaces) -> None:
    person = Person(places.tree)
    log = GitAuditLog(places)
    for name in ("a", "dispatch2", "zz", "refs/heads/dispatch"):
        person.git("branch", name, "HEAD~1")
    expected = person.git("rev-parse", "HEAD")
    assert log.head() == expected
    person.git("pack-refs", "--all")
    assert not (places.common_dir / "refs/heads/dispatch").exists()
    assert log.head() == expected
    head = recorded(places)
    assert log.head() == head == person.git("rev-parse", "HEAD")
    person.git("gc", "--quiet", "--prune=now")
    assert log.head() == head
    assert person.git("fsck", "--strict") == ""


def test_the_tree_s_own_reflog_tells_of_our_commits(places: RepositoryPlaces) -> None:
    recorded(places)
    assert "dispatchd: ash does something" in Person(places.tree).git("reflog", "show", "HEAD")


def test_finding_the_workspace_and_its_head_needs_no_git_and_no_library(places: RepositoryPlaces) -> None:
    code = (
        "import sys; from pathlib import Path; from dispatchd.adapters.git.repository import locate\n"
        "from dispatchd.adapters.git.git_state import branch_head\n"
        f"places = locate(Path({str(places.tree)!r})); print(branch_head(places.common_dir), 'git' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], env={"PATH": ""}, capture_output=True, check=True)
    assert ended.stdout.decode().split() == [GitAuditLog(places).head(), "False"]


def test_what_a_daemon_asks_git_loads_no_library(places: RepositoryPlaces) -> None:
    code = (
        "import sys; from pathlib import Path; from dispatchd.adapters.git.repository import locate\n"
        "from dispatchd.adapters.git.audit_branch import GitAuditLog\n"
        f"log = GitAuditLog(locate(Path({str(places.tree)!r}))); log.recover()\n"
        "print(len(log.commits_between(None, log.head())) > 0, 'git' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ended.stdout.decode().split() == ["True", "False"]


def test_a_repository_that_is_out_of_reach_is_no_missing_branch_and_no_travelled_head(
    places: RepositoryPlaces,
) -> None:
    log = GitAuditLog(places)
    head = log.head()
    shutil.move(places.common_dir, places.common_dir.with_name("away"))
    assert "git's record of .dispatch is gone" in (log.busy() or "")
    for question in (
        log.head,
        lambda: log.relation(head, CommitId("1" * 40)),
        lambda: log.merge_base(head, CommitId("1" * 40)),
        lambda: log.tree_at(head),
        lambda: log.read_blobs([BlobId("1" * 40)]),
        lambda: log.record([a_commit({"a.md": b"a"})], head),
    ):
        with pytest.raises(AuditError, match="not a git repository") as told:
            question()
        assert type(told.value) is AuditError
    shutil.move(places.common_dir.with_name("away"), places.common_dir)
    assert log.head() == head
