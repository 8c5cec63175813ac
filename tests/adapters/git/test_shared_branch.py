"""The branch at a remote: fetched, pushed, never over what others have, and every failure in words."""

from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.shared_branch import GitSharedBranch
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.shared_branch import ShareFailed, Trouble
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository


class Ends:
    """A workspace, a bare remote, and somebody else who pushes to it."""

    def __init__(self, folder: Path) -> None:
        self.remote = repository(folder / "remote.git", "--bare")
        self.code = repository(folder / "code")
        places = init(self.code.folder).places
        self.log, self.branch = GitAuditLog(places), GitSharedBranch(places)
        self.code.git("remote", "add", "origin", "../remote.git")

    def record(self, content: bytes) -> CommitId:
        return self.log.record([a_commit({"issues/a.md": content})], self.log.head())[-1]

    def other(self) -> Person:
        folder = self.remote.folder.parent / "other"
        self.remote.git("clone", "-q", "-b", "dispatch", str(self.remote.folder), str(folder))
        return Person(folder)


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    return Ends(tmp_path)


def failure(ends: Ends, remote: str = "origin") -> ShareFailed:
    with pytest.raises(ShareFailed) as raised:
        ends.branch.fetch(remote)
    return raised.value


def test_a_remote_without_the_branch_has_none_and_the_first_push_makes_it(ends: Ends) -> None:
    assert ends.branch.fetch("origin") is None
    head = ends.record(b"one")
    ends.branch.push("origin", head)
    assert ends.branch.fetch("origin") == head
    assert ends.remote.git("rev-parse", "dispatch") == head


def test_a_push_that_somebody_was_quicker_than_is_refused_and_changes_nothing(ends: Ends) -> None:
    ends.branch.push("origin", ends.record(b"one"))
    other = ends.other()
    theirs = other.commits("issues/b.md", b"two")
    other.git("push", "-q")
    with pytest.raises(ShareFailed) as raised:
        ends.branch.push("origin", ends.record(b"three"))
    assert raised.value.trouble is Trouble.OVERTAKEN
    assert ends.remote.git("rev-parse", "dispatch") == theirs
    assert ends.branch.fetch("origin") == theirs


@pytest.mark.parametrize(
    "said",
    [
        "cannot lock ref 'refs/heads/dispatch': is at 1aaff7a8 but expected d76bbb42",
        "cannot lock ref 'refs/heads/dispatch': Unable to create '/r.git/refs/heads/dispatch.lock': File exists.",
        "cannot lock ref 'refs/heads/dispatch': reference already exists",
    ],
)
def test_two_who_push_at_the_very_same_moment_race_and_nobody_is_declined(ends: Ends, said: str) -> None:
    ends.branch.push("origin", ends.record(b"one"))
    hook = ends.remote.folder / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\necho "error: {said}" >&2\nexit 1\n')
    hook.chmod(0o755)
    with pytest.raises(ShareFailed) as raised:
        ends.branch.push("origin", ends.record(b"two"))
    assert raised.value.trouble is Trouble.OVERTAKEN


def test_a_push_over_what_stands_there_needs_to_name_it(ends: Ends) -> None:
    first = ends.record(b"one")
    ends.branch.push("origin", first)
    other = ends.other()
    theirs = CommitId(other.commits("issues/b.md", b"two"))
    other.git("push", "-q")
    mine = ends.record(b"three")
    with pytest.raises(ShareFailed):
        ends.branch.push("origin", mine, over=first)
    ends.branch.push("origin", mine, over=theirs)
    assert ends.remote.git("rev-parse", "dispatch") == mine


def test_what_was_shared_is_remembered_apart_from_what_was_fetched(ends: Ends) -> None:
    assert ends.branch.agreed("origin") is None
    head = ends.record(b"one")
    ends.branch.agree("origin", head)
    ends.record(b"two")
    assert ends.branch.agreed("origin") == head


def test_an_address_that_leads_nowhere_and_a_host_that_does_not_answer(ends: Ends) -> None:
    ends.code.git("remote", "set-url", "origin", "../nowhere.git")
    assert failure(ends).trouble is Trouble.NO_REMOTE
    ends.code.git("remote", "set-url", "origin", "http://127.0.0.1:1/a.git")
    assert failure(ends).trouble is Trouble.UNREACHABLE
    assert "tried again" in str(failure(ends))


def test_ssh_is_never_asked_to_ask(ends: Ends, tmp_path: Path) -> None:
    said = tmp_path / "said"
    program = tmp_path / "ssh"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {said}\necho "git@host: Permission denied (publickey)." >&2\nexit 255\n'
    )
    program.chmod(0o755)
    ends.code.git("config", "core.sshCommand", str(program))
    ends.code.git("remote", "set-url", "origin", "git@host:a.git")
    failed = failure(ends)
    assert failed.trouble is Trouble.NOT_LET_IN
    assert "log in once by hand: git fetch origin dispatch" in str(failed)
    assert "BatchMode=yes" in said.read_text()


def test_a_hook_that_declines_is_quoted(ends: Ends) -> None:
    hook = ends.remote.folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'the branch is protected' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(ShareFailed) as raised:
        ends.branch.push("origin", ends.record(b"one"))
    assert raised.value.trouble is Trouble.DECLINED
    assert "the branch is protected" in str(raised.value)


def test_an_end_that_is_let_go_of_is_kept(ends: Ends) -> None:
    head = ends.record(b"one")
    ref = ends.branch.let_go(head, "desk-7k2m")
    assert ends.code.git("rev-parse", ref) == head


@pytest.mark.parametrize(
    "remote", ["ext::sh -c 'touch ran'", "../remote.git", "--upload-pack=touch ran", "other"]
)
def test_only_a_remote_entered_here_by_its_name_is_used(ends: Ends, remote: str) -> None:
    failed = failure(ends, remote)
    assert failed.trouble is Trouble.NO_REMOTE
    assert "is no remote of this repository" in str(failed)
    assert not (ends.code.folder / "ran").exists()
