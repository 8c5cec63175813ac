"""The reference that keeps what was committed here: it outlives reflog, branch and garbage collection, and nobody else writes it."""

from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.ledger import LEDGER_REF, SINCE
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.branch_names import BRANCH_REF
from dispatchd.application.ports.repository import RepositoryPlaces
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository


@pytest.fixture
def places(tmp_path: Path) -> RepositoryPlaces:
    repository(tmp_path / "code")
    return init(tmp_path / "code").places


def record(places: RepositoryPlaces, number: int, log: GitAuditLog | None = None) -> CommitId:
    log = log or GitAuditLog(places)
    commit = a_commit({"a.md": b"%d" % number}, f"step {number}", f'{{"id":"{number}"}}')
    return log.record([commit], log.head())[-1]


def forget_reflogs(person: Person) -> None:
    person.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
    person.git("gc", "-q", "--prune=now")


def made(places: RepositoryPlaces) -> frozenset[CommitId]:
    log = GitAuditLog(places)
    return log.made_here(log.commits_between(None, log.head()))


def entries(person: Person) -> int:
    """Runs in the ledger; its beginning is none."""
    return int(person.git("rev-list", "--first-parent", "--count", LEDGER_REF)) - 1


def test_an_expired_reflog_takes_no_evidence_away(places: RepositoryPlaces) -> None:
    commits = {record(places, number) for number in range(3)}
    person = Person(places.tree)
    theirs = CommitId(person.commits("b.md", b"b"))
    commits.add(record(places, 4))
    forget_reflogs(person)
    assert commits <= made(places)
    assert theirs not in made(places)


def test_commits_one_after_the_other_are_one_entry(places: RepositoryPlaces) -> None:
    log = GitAuditLog(places)
    for number in range(4):
        record(places, number, log)
    assert entries(Person(places.tree)) == 1
    record(places, 5)
    assert entries(Person(places.tree)) == 1, "a new process goes on with the run"
    Person(places.tree).commits("b.md", b"b")
    record(places, 6, log)
    record(places, 7, log)
    assert entries(Person(places.tree)) == 2


def test_094_a_deleted_branch_and_collected_garbage_leave_every_commit(places: RepositoryPlaces) -> None:
    last = record(places, 1)
    person = Person(places.tree)
    person.git("update-ref", "-d", BRANCH_REF)
    forget_reflogs(person)
    log = GitAuditLog(places)
    assert log.last_made() == last
    log.restore_branch(last)
    assert {last} <= made(places)


def test_a_branch_set_back_into_the_midst_of_a_run_was_made_here(places: RepositoryPlaces) -> None:
    first, _ = record(places, 1), record(places, 2)
    person = Person(places.tree)
    person.git("reset", "-q", "--hard", first)
    forget_reflogs(person)
    assert first in made(places)


@pytest.mark.parametrize("parents", [1, 2])
def test_a_commit_that_looks_like_an_entry_is_none(places: RepositoryPlaces, parents: int) -> None:
    record(places, 1)
    person = Person(places.tree)
    base, root = person.git("rev-parse", "HEAD"), person.git("rev-list", "--max-parents=0", "HEAD")
    who = ("-c", "user.name=dispatchd", "-c", "user.email=dispatchd@local")
    text = f'dispatchd writes\n\nDispatch-Event: {{"id":"9"}}\n{SINCE}: {root}'
    more = ("-p", root) if parents == 2 else ()
    forged = person.git(*who, "commit-tree", "-m", text, "-p", base, *more, f"{base}^{{tree}}")
    person.git("update-ref", BRANCH_REF, forged)
    record(places, 2)
    forget_reflogs(person)
    assert CommitId(forged) not in made(places)
    log = GitAuditLog(places)
    decided = log.decided_here(log.head())
    assert '{"id":"9"}' not in [line for each in decided.commits for line in each.events]


def test_where_others_push_as_they_like_the_ledger_counts_for_nothing(tmp_path: Path) -> None:
    repository(tmp_path / "code.git", "--bare")
    person = Person(tmp_path / "code.git")
    tree = person.git("hash-object", "-t", "tree", "-w", "/dev/null")
    person.git("update-ref", "refs/heads/main", person.git("commit-tree", "-m", "Begin", tree))
    person.git("worktree", "add", "-q", str(tmp_path / "here"), "main")
    places = init(tmp_path / "here").places
    record(places, 1)
    assert made(places), "the reflog still tells"
    assert GitAuditLog(places).last_made() is None
    (places.common_dir / "logs" / BRANCH_REF).unlink()
    assert not made(places)
