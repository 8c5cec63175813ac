"""A tree that was moved, copied, cleaned away or cut off is told apart, and mended without touching a document."""

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.repository import locate
from dispatchd.adapters.git.runner import GitAnswer, GitFailedError, GitRunner
from dispatchd.adapters.git.tree_health import GitTreeHealth
from dispatchd.adapters.git.workspace_setup import add_worktree
from dispatchd.application.ports.tree_health import TreeFault
from dispatchd.domain.errors import WorkspaceError
from tests.adapters.git.git_sandbox import LAID, Person, checksums, init, repository, status


@pytest.fixture
def code(tmp_path: Path) -> Path:
    person = repository(tmp_path / "code")
    person.commits("code.py", b"1\n")
    init(person.folder)
    person.writes(".dispatch/issues/unsaved.md", b"not committed\n")
    return person.folder


def faults(start: Path) -> list[TreeFault]:
    return [finding.fault for finding in GitTreeHealth().findings(start)]


def moved(code: Path) -> Path:
    return code.rename(code.parent / "elsewhere")


def link_gone(code: Path) -> Path:
    (code / ".dispatch/.git").unlink()
    return code


def pruned(code: Path) -> Path:
    shutil.rmtree(code / ".git/worktrees")
    return code


def unlocked(code: Path) -> Path:
    Person(code).git("worktree", "unlock", ".dispatch")
    return code


def copied(code: Path) -> Path:
    return Path(shutil.copytree(code, code.parent / "copy"))


BREAKS: dict[TreeFault, Callable[[Path], Path]] = {
    TreeFault.MOVED: moved,
    TreeFault.LINK_GONE: link_gone,
    TreeFault.UNREGISTERED: pruned,
    TreeFault.UNLOCKED: unlocked,
    TreeFault.COPIED: copied,
}


def test_a_sound_tree_has_no_findings(code: Path) -> None:
    assert faults(code) == []
    assert faults(code / ".dispatch") == []


@pytest.mark.parametrize("fault", BREAKS)
def test_093_what_is_broken_is_named_and_mended_and_no_document_changes(code: Path, fault: TreeFault) -> None:
    place = BREAKS[fault](code)
    documents = checksums(place / ".dispatch", but=(".git",))
    (finding,) = GitTreeHealth().findings(place)
    assert finding.fault is fault
    assert finding.is_mendable
    assert finding.asks_first is (fault is TreeFault.COPIED)
    if fault is not TreeFault.UNLOCKED:
        with pytest.raises(WorkspaceError):
            locate(place)
    assert str(place) in GitTreeHealth().mend(place, fault)
    assert faults(place) == []
    assert checksums(place / ".dispatch", but=(".git",)) == documents
    assert status(locate(place)) == "?? issues/unsaved.md"


def test_a_copy_is_tied_to_itself_and_the_original_stays_as_it_was(code: Path) -> None:
    before = checksums(code)
    copy = copied(code)
    # From inside the copied tree git itself would work on the original.
    with pytest.raises(WorkspaceError):
        locate(copy / ".dispatch/issues")
    assert faults(copy / ".dispatch") == [TreeFault.COPIED]
    GitTreeHealth().mend(copy / ".dispatch", TreeFault.COPIED)
    Person(copy / ".dispatch").commits("mine.md", b"in the copy\n")
    assert checksums(code) == before
    assert locate(copy / ".dispatch").common_dir == copy / ".git"
    assert faults(code) == []


def test_the_commands_a_finding_names_do_what_mending_does(code: Path) -> None:
    copy = copied(code)
    (finding,) = GitTreeHealth().findings(copy)
    script = finding.next_step.removeprefix("run `").removesuffix("`")
    Person(copy).git("-c", f"alias.do=!{script}", "do")
    assert faults(copy) == []
    assert faults(code) == []


def test_a_removed_folder_comes_back_from_the_branch_when_asked(code: Path) -> None:
    (code / ".dispatch/.git").unlink()
    Person(code).git("clean", "-ffdxq")
    (finding,) = GitTreeHealth().findings(code)
    assert finding.fault is TreeFault.FOLDER_GONE
    assert finding.asks_first
    with pytest.raises(WorkspaceError, match="restore --all"):
        locate(code)
    GitTreeHealth().mend(code, finding.fault)
    assert faults(code) == []
    assert {path: (code / ".dispatch" / path).read_bytes() for path in LAID} == LAID


@pytest.mark.parametrize("kind", ["link", "file", "folder", "repository"])
def test_050_a_tree_replaced_by_something_else_is_never_followed(
    code: Path, tmp_path: Path, kind: str
) -> None:
    tree = code / ".dispatch"
    tree.rename(tmp_path / "away")
    if kind == "link":
        tree.symlink_to(tmp_path / "away")
    elif kind == "file":
        tree.write_text("mine")
    elif kind == "repository":
        repository(tree)
    else:
        tree.mkdir()
        Person(code).git("worktree", "unlock", ".dispatch", check=False)
        shutil.rmtree(code / ".git/worktrees")
    assert faults(code) == [TreeFault.FOLDER_REPLACED]
    with pytest.raises(WorkspaceError, match=r"\.dispatch"):
        locate(code)
    with pytest.raises(WorkspaceError, match="only a person"):
        GitTreeHealth().mend(code, TreeFault.FOLDER_REPLACED)


def test_094_a_deleted_branch_is_found_and_restored_where_it_stood(code: Path) -> None:
    log = GitAuditLog(locate(code))
    head = log.head()
    Person(code).git("update-ref", "-d", "refs/heads/dispatch")
    assert faults(code) == [TreeFault.BRANCH_GONE]
    log.restore_branch(head)
    assert faults(code) == []
    assert status(locate(code)) == "?? issues/unsaved.md"


def test_another_branch_and_another_s_lock_are_findings(code: Path) -> None:
    Person(code / ".dispatch").git("switch", "-q", "-c", "side")
    (locate(code).admin_dir / "index.lock").touch()
    assert faults(code) == [TreeFault.OTHER_BRANCH, TreeFault.FOREIGN_LOCK]
    for finding in GitTreeHealth().findings(code):
        assert not finding.is_mendable
        assert finding.next_step.startswith(("run ", "let "))


def test_where_there_is_no_workspace_the_next_step_is_init(tmp_path: Path) -> None:
    repository(tmp_path / "bare of it")
    with pytest.raises(WorkspaceError, match="dispatchd init"):
        GitTreeHealth().findings(tmp_path / "bare of it")


def with_database(code: Path) -> Path:
    """A workspace at work has one."""
    private = code / ".git/dispatchd"
    private.mkdir(exist_ok=True)
    (private / "state.db").write_bytes(b"")
    return private


@pytest.mark.parametrize("left", ["nothing", "a part"])
def test_a_tree_without_folder_and_record_is_one_that_is_gone_and_comes_back(code: Path, left: str) -> None:
    private, record = with_database(code), code / ".git/worktrees/-dispatch"
    shutil.rmtree(code / ".dispatch")
    shutil.rmtree(record if left == "nothing" else record.parent)
    if left == "a part":
        record.mkdir(parents=True)
        (record / "index.lock").write_bytes(b"half")
    with pytest.raises(WorkspaceError, match=r"\.dispatch is gone.*restore --all"):
        locate(code)
    assert faults(code) == [TreeFault.FOLDER_GONE]
    GitTreeHealth().mend(code, TreeFault.FOLDER_GONE)
    assert faults(code) == []
    assert locate(code).admin_dir == record
    if left == "a part":
        assert (private / "set-aside/worktree-1/index.lock").read_bytes() == b"half"


def test_a_repository_without_the_branch_or_without_a_database_is_no_workspace(code: Path) -> None:
    shutil.rmtree(code / ".dispatch")
    shutil.rmtree(code / ".git/worktrees")
    with pytest.raises(WorkspaceError, match="no workspace yet"):
        locate(code)
    with_database(code)
    Person(code).git("branch", "-D", "dispatch")
    with pytest.raises(WorkspaceError, match="no workspace yet"):
        locate(code)


class MetAnother(GitRunner):
    """Git that meets another git in the old record, and leaves half of that."""

    def __init__(self, git_dir: Path) -> None:
        super().__init__(git_dir)
        self.tries = 0

    def ask(self, verb: str, *arguments: str | Path, accept: Collection[int] = (0,)) -> GitAnswer:
        self.tries += verb == "worktree"
        if self.tries == 1:
            (self._git_dir / "worktrees/-dispatch/gitdir").unlink()
            answer = GitAnswer(exit_code=128, stdout=b"", stderr="failed to delete: Directory not empty")
            raise GitFailedError(verb, self._git_dir, answer)
        return super().ask(verb, *arguments, accept=accept)


def test_a_worktree_that_cannot_be_added_beside_another_git_is_added_at_the_next_try(code: Path) -> None:
    with_database(code)
    shutil.rmtree(code / ".dispatch")
    runner = MetAnother(code / ".git")
    add_worktree(runner, code / ".git", code / ".dispatch")
    assert runner.tries == 2
    assert faults(code) == []
