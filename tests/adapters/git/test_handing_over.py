"""A branch of a person's moves forward to what agents made, as far as it is told to, and never where somebody works."""

from dataclasses import replace
from pathlib import Path

import pytest

from dispatchd.adapters.git.integration import GitIntegration
from dispatchd.application.agents.handing_over import hand_over, merges_of
from dispatchd.domain.agent_run import Work, WorkPhase
from dispatchd.domain.epic import Epic
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from tests.adapters.git.test_work_clones import git, repository
from tests.fakes.fake_board import NOON, FakeBoard

__all__ = ["repository"]
INTO = "dispatchd/integration"
EPIC, ONE, TWO = EntityId("e-3fq9"), EntityId("i-7k2m"), EntityId("i-8p3q")


@pytest.fixture
def integration(repository: Path, tmp_path: Path) -> GitIntegration:
    return GitIntegration(repository / ".git", tmp_path / "scratch")


@pytest.fixture
def merges(repository: Path) -> tuple[str, ...]:
    """Three commits on the integration branch, and `release` where it began."""
    git(repository, "branch", "release")
    git(repository, "checkout", "-q", "-b", INTO)
    made = []
    for name in ("one", "two", "three"):
        git(repository, "commit", "-q", "--allow-empty", "-m", name)
        made.append(git(repository, "rev-parse", "HEAD").strip())
    git(repository, "checkout", "-q", "-")
    return tuple(made)


def board(*, merged: tuple[str, ...], second: IssueStatus = IssueStatus.DONE) -> FakeBoard:
    there = FakeBoard()
    epic = Epic(id=EPIC, title="Login", created=NOON)
    first = Issue(id=ONE, title="One", created=NOON, status=IssueStatus.DONE, epic=EPIC)
    there.entities = {EPIC: epic, ONE: first, TWO: replace(first, id=TWO, status=second)}
    for issue, commit in zip((ONE, TWO), merged, strict=False):
        work = Work(issue=issue, agent="ash", branch="b", base="c", phase=WorkPhase.MERGED, commit=commit)
        there.works[issue] = work
    return there


def epic_on(there: FakeBoard) -> Epic:
    found = there.epic(EPIC)
    assert found is not None
    return found


def test_an_epic_goes_as_far_as_its_last_merge(
    integration: GitIntegration, repository: Path, merges: tuple[str, ...]
) -> None:
    there = board(merged=(merges[1], merges[0]))
    told = hand_over(integration, INTO, "release", merges=merges_of(there, epic_on(there)))
    assert "moved forward" in told
    assert git(repository, "rev-parse", "release").strip() == merges[1]
    again = hand_over(integration, INTO, "release", merges=merges_of(there, epic_on(there)))
    assert "everything already" in again


def test_without_an_epic_all_of_it_goes(
    integration: GitIntegration, repository: Path, merges: tuple[str, ...]
) -> None:
    hand_over(integration, INTO, "release")
    assert git(repository, "rev-parse", "release").strip() == merges[2]


def test_an_epic_that_is_not_whole_waits_and_says_for_what(merges: tuple[str, ...]) -> None:
    there = board(merged=(merges[0],), second=IssueStatus.IN_PROGRESS)
    with pytest.raises(Rejected, match=r"not everything of e-3fq9 is merged: i-8p3q \(in_progress\)"):
        merges_of(there, epic_on(there))


def test_an_issue_that_was_cancelled_is_not_waited_for(merges: tuple[str, ...]) -> None:
    there = board(merged=(merges[0],), second=IssueStatus.CANCELLED)
    assert merges_of(there, epic_on(there)) == [merges[0]]


def test_an_epic_without_any_merge_has_nothing_to_hand_over() -> None:
    there = board(merged=())
    with pytest.raises(Rejected, match="nothing to hand over"):
        merges_of(there, epic_on(there))


def test_a_branch_that_is_checked_out_is_not_touched_and_the_command_is_named(
    integration: GitIntegration, repository: Path, merges: tuple[str, ...]
) -> None:
    here = git(repository, "branch", "--show-current").strip()
    with pytest.raises(Rejected, match=f"git merge --ff-only {merges[0]}"):
        hand_over(integration, INTO, here, merges=merges[:1])


def test_a_branch_that_is_checked_out_and_has_commits_of_its_own_is_merged_by_hand(
    integration: GitIntegration, repository: Path, merges: tuple[str, ...]
) -> None:
    here = git(repository, "branch", "--show-current").strip()
    git(repository, "commit", "-q", "--allow-empty", "-m", "Mine")
    with pytest.raises(Rejected) as refused:
        hand_over(integration, INTO, here)
    assert "so it cannot be moved forward; merge it yourself in " in str(refused.value)
    assert f"where it is checked out: git merge {INTO}; or bring them to the agents" in str(refused.value)
    assert str(refused.value).endswith(f"dispatchd merge from {here}")
    git(repository, "merge", "-q", INTO)
    assert hand_over(integration, INTO, here) == f"{here} has everything already"
