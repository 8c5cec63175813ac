"""A branch that is a symbolic reference: what it names is not moved through it, whoever has that checked out."""

from pathlib import Path

import pytest

from dispatchd.adapters.git.checkouts import checked_out_at, rebased_at
from dispatchd.adapters.git.integration import GitIntegration
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.git.symbolic import leads_to
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.agents.handing_over import hand_over
from dispatchd.application.ports.integration import IntegrationFailed
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from dispatchd.domain.errors import Rejected
from tests.adapters.git.test_integration import INTO, branch_with, integration
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, commit_in, git, repository

__all__ = ["clone", "clones", "integration", "repository"]


def other_name(repository: Path, branch: str, of: str = "main") -> None:
    git(repository, "symbolic-ref", f"refs/heads/{branch}", f"refs/heads/{of}")


def test_the_integration_branch_is_not_written_through(integration: GitIntegration, repository: Path) -> None:
    main = git(repository, "rev-parse", "main")
    work = branch_with(repository, "one", "one.py", "1\n")
    other_name(repository, INTO)
    assert integration.leads_to(INTO) == "refs/heads/main"
    joined = integration.join(INTO, work, "Merge one\n")
    assert not integration.move(INTO, to=joined.commit or "", expected=joined.onto)
    assert git(repository, "rev-parse", "main") == main
    assert git(repository, "status", "--porcelain") == ""
    git(repository, "update-ref", "--no-deref", f"refs/heads/{INTO}", "refs/heads/main")
    assert integration.leads_to(INTO) is None
    assert integration.move(INTO, to=joined.commit or "", expected=joined.onto)
    assert git(repository, "rev-parse", "main") == main


def test_one_that_leads_nowhere_makes_nothing_there(integration: GitIntegration, repository: Path) -> None:
    other_name(repository, INTO, "gone")
    with pytest.raises(IntegrationFailed, match=f"`git symbolic-ref --delete refs/heads/{INTO}` makes it"):
        integration.head(INTO, start=git(repository, "rev-parse", "main"))
    assert git(repository, "branch", "--list", "gone") == ""


def test_a_branch_of_the_users_is_refused_with_the_name_that_it_stands_for(
    integration: GitIntegration, repository: Path, tmp_path: Path
) -> None:
    branch_with(repository, "one", "one.py", "1\n")
    git(repository, "branch", INTO, "one")
    place = tmp_path / "release"
    git(repository, "worktree", "add", "-q", "-b", "rel0", str(place), "main")
    other_name(repository, "rel", "rel0")
    with pytest.raises(Rejected, match="rel is only another name of rel0"):
        hand_over(integration, INTO, "rel")
    assert git(place, "status", "--porcelain") == ""
    assert git(repository, "rev-parse", "rel0") == git(repository, "rev-parse", "main")


def test_what_is_checked_out_is_told_by_either_name(repository: Path, tmp_path: Path) -> None:
    common = repository / ".git"
    runner = GitRunner(common)
    other_name(repository, "alias")
    other_name(repository, "alias-of-alias", "alias")
    assert leads_to(runner, common, "refs/heads/alias-of-alias") == "refs/heads/main"
    for name in ("main", "alias", "alias-of-alias"):
        assert checked_out_at(runner, common, name) == repository
    place = tmp_path / "theirs"
    git(repository, "branch", "other")
    other_name(repository, "alias", "other")
    git(repository, "worktree", "add", "-q", str(place), "alias")
    assert checked_out_at(runner, common, "other") == place == checked_out_at(runner, common, "alias")
    (place / "app.py").write_text("one\n")
    git(place, "commit", "-qam", "One")
    (place / "app.py").write_text("two\n")
    git(place, "commit", "-qam", "Two")
    git(place, "-c", "sequence.editor=sed -i s/^pick/edit/", "rebase", "-q", "-i", "HEAD~1")
    assert rebased_at(runner, common, "other") == place == rebased_at(runner, common, "alias")


def test_an_agents_branch_that_became_another_name_is_refused_and_the_work_is_kept(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    main = git(repository, "rev-parse", "main")
    commit_in(clone, "one.txt", "1\n")
    clones.fetch_back(clone)
    other_name(repository, BRANCH)
    made = commit_in(clone, "two.txt", "2\n")
    said = f"{BRANCH} is only another name of main .*`git update-ref --no-deref refs/heads/{BRANCH} refs/heads/main`"
    with pytest.raises(CloneFailed, match=said):
        clones.fetch_back(clone)
    with pytest.raises(CloneFailed, match=said):
        clones.make(clone.issue, clone.branch, clone.base)
    assert git(repository, "rev-parse", "main") == main
    assert git(repository, "status", "--porcelain") == ""
    assert git(clone.path, "rev-parse", "HEAD") == made
    assert git(repository, "rev-parse", f"refs/dispatchd/fetched/{clone.issue}") == made
    git(repository, "update-ref", "--no-deref", f"refs/heads/{BRANCH}", made)
    assert clones.fetch_back(clone) == made


@pytest.mark.parametrize("is_there", [True, False])
def test_a_name_that_leads_elsewhere_is_not_free_and_no_work_begins_there(
    clones: GitWorkClones, repository: Path, is_there: bool
) -> None:
    main = git(repository, "rev-parse", "main")
    other_name(repository, BRANCH, "main" if is_there else "gone")
    assert not clones.branch_is_free(BRANCH)
    with pytest.raises(CloneFailed, match="is only another name"):
        clones.make("i-7k2m", BRANCH, main)
    assert git(repository, "branch", "--list", "gone") == ""
