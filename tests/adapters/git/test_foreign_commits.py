"""Commits as people, forges and other programs really make them, read back whole."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.application.ports.audit_log import ForeignCommit
from dispatchd.application.ports.repository import RepositoryPlaces
from tests.adapters.git.git_sandbox import Person, init, repository


@pytest.fixture
def places(tmp_path: Path) -> RepositoryPlaces:
    return init(repository(tmp_path / "code").folder).places


def crafted(
    places: RepositoryPlaces, header: bytes, message: bytes, tree: str = "HEAD^{tree}"
) -> ForeignCommit:
    """Put a commit of these very bytes on the branch and read it back."""
    person = Person(places.tree)
    log = GitAuditLog(places)
    before = log.head()
    content = b"tree %s\nparent %s\n%s\n\n%s" % (
        person.git("rev-parse", tree).encode(),
        before.encode(),
        header,
        message,
    )
    made = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
        input=content,
        cwd=places.tree,
        capture_output=True,
        check=True,
    )
    person.git("reset", "-q", "--hard", made.stdout.decode().strip())
    (found,) = log.commits_between(before, log.head())
    return found


PLAIN = b"author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000"


@pytest.mark.parametrize(
    ("header", "message", "name", "at", "subject"),
    [
        (PLAIN, b"", "A", 1, ""),
        (PLAIN, b"one\r\nDispatch-Event: x\n:100644 100644 aa bb M\n\x01\x02", "A", 1, "one"),
        (b"author  <> 1 +0000\ncommitter  <> 1 +0000", b"nobody", "", 1, "nobody"),
        (
            b"author A\x01B <a@b> 99999999999999999999 +9999\ncommitter A <a@b> x",
            b"when",
            "A\x01B",
            0,
            "when",
        ),
        (b"author A <a@b>\ncommitter A <a@b>", b"no date", "A", 0, "no date"),
        (
            b"author Zo\xeb <z@b> 1 +0000\ncommitter A <a@b> 1 +0000\nencoding ISO-8859-1",
            b"\xfcber",
            "Zoë",
            1,
            "über",
        ),
        (b"author Zo\xeb <z@b> 1 +0000\ncommitter A <a@b> 1 +0000", b"\xfcber", "Zo\udceb", 1, "\udcfcber"),
    ],
)
def test_a_strange_commit_is_read_as_it_is(
    places: RepositoryPlaces, header: bytes, message: bytes, name: str, at: int, subject: str
) -> None:
    found = crafted(places, header, message)
    assert found.author.name == name
    assert found.author.at == datetime.fromtimestamp(at, UTC)
    assert found.subject == subject
    assert found.changes == ()
    assert not found.is_own


def test_events_of_commits_that_were_squashed_into_one_are_all_found(places: RepositoryPlaces) -> None:
    message = b'one\n\nDispatch-Event: {"id":"1"}\n\ntwo\n\nDispatch-Event: {"id":"2"}\nSigned-off-by: A\n'
    assert crafted(places, PLAIN, message).events == ('{"id":"1"}', '{"id":"2"}')


def test_links_and_modes_are_no_documents_and_no_changes(places: RepositoryPlaces) -> None:
    person = Person(places.tree)
    before = GitAuditLog(places).head()
    (places.tree / "link.md").symlink_to("/etc/passwd")
    (places.tree / "config.toml").chmod(0o755)
    (places.tree / "issues/i-7k2m-login.md").unlink()
    (places.tree / "issues/i-7k2m-login.md").symlink_to("../config.toml")
    person.git("add", "-A")
    person.git("commit", "-q", "-m", "by hand")
    log = GitAuditLog(places)
    (found,) = log.commits_between(before, log.head())
    assert [(change.path, change.new) for change in found.changes] == [("issues/i-7k2m-login.md", None)]
    assert sorted(log.tree_at(log.head())) == [".gitattributes", "config.toml"]


def test_a_renamed_file_is_one_gone_and_one_come(places: RepositoryPlaces) -> None:
    person = Person(places.tree)
    person.git("config", "diff.renames", "copies")
    before = GitAuditLog(places).head()
    person.git("mv", "issues/i-7k2m-login.md", "issues/named by me.md")
    person.git("commit", "-q", "-m", "by hand")
    log = GitAuditLog(places)
    gone, come = log.commits_between(before, log.head())[0].changes
    assert (gone.path, gone.new) == ("issues/i-7k2m-login.md", None)
    assert (come.path, come.old, come.new) == ("issues/named by me.md", None, gone.old)


def test_086_an_amended_commit_of_ours_keeps_its_events(places: RepositoryPlaces) -> None:
    first = crafted(places, PLAIN, b'vote\n\nDispatch-Event: {"id":"1"}\n')
    log = GitAuditLog(places)
    Person(places.tree).git("commit", "-q", "--amend", "--allow-empty", "--no-edit", "--author", "B <b@b>")
    assert log.relation(first.oid, log.head()).value == "travelled"
    base = log.merge_base(first.oid, log.head())
    assert base == first.parents[0]
    assert log.commits_between(base, log.head())[0].events == first.events
