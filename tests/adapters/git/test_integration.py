"""The integration branch: joined without a work tree, moved only from where it was expected."""

from pathlib import Path
from subprocess import CalledProcessError

import pytest

from dispatchd.adapters.git.integration import GitIntegration
from dispatchd.application.agents.handing_over import hand_over
from dispatchd.application.ports.integration import IntegrationFailed
from dispatchd.domain.errors import Rejected
from tests.adapters.git.test_work_clones import git, repository

__all__ = ["repository"]
INTO = "dispatchd/integration"


@pytest.fixture
def integration(repository: Path, tmp_path: Path) -> GitIntegration:
    return GitIntegration(repository / ".git", tmp_path / "scratch")


def branch_with(repository: Path, name: str, file: str, text: str) -> str:
    git(repository, "checkout", "-q", "-b", name, "main")
    (repository / file).write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", f"Work of {name}")
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "main")
    return commit


def test_the_branch_begins_where_it_is_told_to(integration: GitIntegration, repository: Path) -> None:
    main = git(repository, "rev-parse", "main")
    assert integration.head(INTO, start=main) == main
    assert git(repository, "rev-parse", INTO) == main


def test_a_merge_is_made_and_moved_to(integration: GitIntegration, repository: Path) -> None:
    main = git(repository, "rev-parse", "main")
    integration.head(INTO, start=main)
    work = branch_with(repository, "one", "one.py", "1\n")
    joined = integration.join(INTO, work, "Merge one\n")
    assert joined.changed == ("one.py",)
    assert joined.commit is not None
    assert integration.move(INTO, to=joined.commit, expected=joined.onto)
    assert integration.is_ancestor(work, integration.head(INTO, start=main))
    assert git(repository, "status", "--porcelain") == ""


def test_a_branch_that_moved_meanwhile_is_left_alone(integration: GitIntegration, repository: Path) -> None:
    main = git(repository, "rev-parse", "main")
    integration.head(INTO, start=main)
    first = integration.join(INTO, branch_with(repository, "one", "one.py", "1\n"), "Merge one\n")
    second = integration.join(INTO, branch_with(repository, "two", "two.py", "2\n"), "Merge two\n")
    assert first.commit is not None
    assert second.commit is not None
    assert integration.move(INTO, to=first.commit, expected=first.onto)
    assert not integration.move(INTO, to=second.commit, expected=second.onto)
    assert git(repository, "rev-parse", INTO) == first.commit


def test_a_conflict_names_the_files(integration: GitIntegration, repository: Path) -> None:
    main = git(repository, "rev-parse", "main")
    integration.head(INTO, start=main)
    first = integration.join(INTO, branch_with(repository, "one", "app.py", "print('first')\n"), "Merge\n")
    assert first.commit is not None
    integration.move(INTO, to=first.commit, expected=first.onto)
    second = integration.join(INTO, branch_with(repository, "two", "app.py", "print('second')\n"), "Merge\n")
    assert second.commit is None
    assert second.conflicts == ("app.py",)
    assert "CONFLICT" in second.told


def test_a_commit_is_checked_out_apart(integration: GitIntegration, repository: Path) -> None:
    work = branch_with(repository, "one", "one.py", "1\n")
    path = integration.check_out(work, "i-7k2m")
    assert (path / "one.py").read_text() == "1\n"
    assert not (repository / "one.py").exists()
    integration.drop_checkout(path)
    assert not path.exists()


def test_where_a_branch_is_checked_out_is_known(integration: GitIntegration, repository: Path) -> None:
    assert integration.checked_out_at("main") == repository
    assert integration.checked_out_at(INTO) is None


@pytest.mark.parametrize("linked", [False, True])
def test_a_branch_that_somebody_has_checked_out_by_now_is_not_moved_under_them(
    integration: GitIntegration, repository: Path, tmp_path: Path, linked: bool
) -> None:
    main = git(repository, "rev-parse", "main")
    integration.head(INTO, start=main)
    joined = integration.join(INTO, branch_with(repository, "one", "one.py", "1\n"), "Merge one\n")
    assert joined.commit is not None
    place = tmp_path / "linked" if linked else repository
    git(repository, *(("worktree", "add", str(place), INTO) if linked else ("checkout", "-q", INTO)))
    assert not integration.move(INTO, to=joined.commit, expected=joined.onto)
    assert git(repository, "rev-parse", INTO) == main
    assert git(place, "status", "--porcelain") == ""
    git(place, "checkout", "-q", "--detach")
    assert integration.move(INTO, to=joined.commit, expected=joined.onto)


@pytest.mark.parametrize("backend", ["merge", "apply"])
def test_a_branch_that_somebody_rebases_is_not_moved_and_the_rebase_can_be_finished(
    integration: GitIntegration, repository: Path, backend: str
) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "ahead")
    git(repository, "checkout", "-q", "-b", "other", "main~1")
    (repository / "app.py").write_text("print('two')\n")
    git(repository, "commit", "-qam", "One side")
    git(repository, "checkout", "-q", "main")
    (repository / "app.py").write_text("print('three')\n")
    git(repository, "commit", "-qam", "Other side")
    stands = git(repository, "rev-parse", "main")
    with pytest.raises(CalledProcessError):
        git(repository, "rebase", f"--{backend}", "other")
    assert integration.checked_out_at("main") is None
    assert integration.rebased_at("main") == repository
    assert integration.rebased_at("other") is None
    assert not integration.move("main", to=git(repository, "rev-parse", "other"), expected=stands)
    with pytest.raises(Rejected, match=r"is being rebased in .*finish it there"):
        hand_over(integration, "other", "main")
    git(repository, "checkout", "-q", "--theirs", "app.py")
    git(repository, "add", "app.py")
    git(repository, "-c", "core.editor=true", "rebase", "--continue")
    assert integration.rebased_at("main") is None


def test_what_git_refuses_is_told_as_a_failure_of_the_merge(
    integration: GitIntegration, repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "scratch").write_text("a file where a folder is to be\n")
    with pytest.raises(IntegrationFailed):
        integration.check_out(git(repository, "rev-parse", "HEAD"), "state")


LINEAGE = "Dispatch-Issue: i-7k2m\nDispatch-Turn: i-7k2m.1\n"


def landed(integration: GitIntegration, work: str, message: str) -> str:
    joined = integration.join(INTO, work, message)
    assert joined.commit is not None
    assert integration.move(INTO, to=joined.commit, expected=joined.onto)
    return joined.commit


def test_a_merge_of_ours_is_found_by_what_it_merged_and_by_what_it_says(
    integration: GitIntegration, repository: Path
) -> None:
    main = integration.head(INTO, start=git(repository, "rev-parse", "main"))
    work = branch_with(repository, "one", "one.py", "1\n")
    merge = landed(integration, work, f"Merge one\n\n{LINEAGE}")
    head = landed(integration, branch_with(repository, "two", "two.py", "2\n"), "Merge two\n")
    assert integration.merge_of(work, head, since=main, saying=LINEAGE) == merge
    assert integration.merge_of(work, head, since=main, saying=LINEAGE.replace(".1", ".2")) is None
    assert integration.merge_of(work, head, since=merge, saying=LINEAGE) is None, "it is older than the work"


def test_a_merge_that_an_agent_made_on_its_own_branch_is_none_of_ours(
    integration: GitIntegration, repository: Path
) -> None:
    main = integration.head(INTO, start=git(repository, "rev-parse", "main"))
    work = branch_with(repository, "one", "one.py", "1\n")
    branch_with(repository, "two", "two.py", "2\n")
    git(repository, "checkout", "-q", "two")
    git(repository, "merge", "-q", "-s", "ours", "-m", f"Merge one\n\n{LINEAGE}", work)
    other = git(repository, "rev-parse", "two")
    git(repository, "checkout", "-q", "main")
    head = landed(integration, other, "Merge two\n\nDispatch-Issue: i-4m7t\n")
    assert integration.is_ancestor(work, head)
    assert integration.merge_of(work, head, since=main, saying=LINEAGE) is None
    assert integration.join(INTO, work, "Merge one\n").changed == ()
    assert integration.missing(work, head, since=main) == ("one.py",)
    assert integration.missing(other, head, since=main) == ()


def test_histories_that_share_nothing_are_no_failure(integration: GitIntegration, repository: Path) -> None:
    integration.head(INTO, start=git(repository, "rev-parse", "main"))
    git(repository, "checkout", "-q", "--orphan", "strange")
    git(repository, "commit", "-qm", "Strange")
    strange = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "main")
    joined = integration.join(INTO, strange, "Merge it\n")
    assert (joined.commit, joined.unrelated) == (None, True)
