"""A person changes an agent's branch after it was submitted: what stands there is merged, and what they took out is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatchd.application.agents.stuck import AGAIN
from dispatchd.application.requests.request import Verb
from dispatchd.domain.agent_run import WorkPhase
from tests.adapters.git.test_work_clones import commit_in, repository
from tests.application.branch_world import INTO, BranchWorld
from tests.application.world import World

__all__ = ["repository"]
Meanwhile = Callable[[BranchWorld], object]


@pytest.fixture
def way(world: World, repository: Path) -> BranchWorld:
    """ash has submitted two files."""
    made = BranchWorld(world, repository)
    made.dispatched()
    made.commits("good.txt")
    made.commits("bad.txt")
    return made


def nothing(_way: BranchWorld) -> None: ...


def takes_out(way: BranchWorld) -> None:
    way.person_takes_out("bad.txt")


def sets_back(way: BranchWorld) -> None:
    way.by_hand("update-ref", f"refs/heads/{way.work().branch}", f"{way.at}^")


def adds(way: BranchWorld) -> None:
    way.person_commits("alice.txt")


CHANGES = [
    (takes_out, {"good.txt"}),
    (sets_back, {"good.txt"}),
    (adds, {"good.txt", "bad.txt", "alice.txt"}),
]


@pytest.mark.parametrize(("change", "made"), CHANGES)
@pytest.mark.parametrize("when", ["before the merge", "while it is checked", "before the turn is over"])
def test_what_stands_on_the_branch_is_what_is_merged(
    way: BranchWorld, change: Meanwhile, made: set[str], when: str
) -> None:
    submitted = way.clones.look(way.clone).head or ""
    if when == "before the turn is over":
        way.hands_in_and_then(lambda: change(way))
    else:
        way.hands_in()
    if when == "while it is checked":
        changes = [change]
        way.is_checked(lambda: changes.pop()(way) if changes else None)
    elif when == "before the merge":
        change(way)
    way.merges()
    assert set(way.merged()) == {"app.py", ".gitignore", *made}
    assert way.work().phase is WorkPhase.MERGED
    assert "status: done" in way.file
    said = f"people have changed `{way.work().branch}` since `{submitted[:8]}` was submitted: `{way.at[:8]}`"
    assert way.file.count(said) == 1


def test_where_nobody_has_changed_it_what_was_submitted_is_merged_and_nothing_is_said(
    way: BranchWorld,
) -> None:
    way.hands_in()
    way.merges()
    assert {"good.txt", "bad.txt"} <= set(way.merged())
    assert "people have changed" not in way.file


def test_what_the_agent_commits_after_it_has_submitted_is_not_merged(way: BranchWorld) -> None:
    way.hands_in_and_then(lambda: commit_in(way.clone, "late.txt", "late\n"))
    way.merges()
    assert "late.txt" not in way.merged()
    assert "late.txt" in way.by_hand("ls-tree", "--name-only", way.work().branch)
    assert "people have changed" not in way.file


def test_a_checkout_under_which_the_branch_is_not_moved_changes_nothing(way: BranchWorld) -> None:
    way.leaves()
    way.by_hand("checkout", "-q", way.work().branch)
    way.dispatched()
    way.commits("more.txt")
    way.hands_in()
    way.merges()
    assert {"good.txt", "bad.txt", "more.txt"} <= set(way.merged())
    assert "people have changed" not in way.file
    assert way.by_hand("status", "--porcelain") == ""


def test_what_a_person_commits_in_their_checkout_is_merged_with_the_work(way: BranchWorld) -> None:
    way.leaves()
    way.by_hand("checkout", "-q", way.work().branch)
    way.dispatched()
    way.commits("more.txt")
    way.hands_in()
    way.by_hand("commit", "-q", "--allow-empty", "-m", "Seen")
    (way.folder / "alice.txt").write_text("alice\n", encoding="utf-8")
    way.by_hand("add", "-A")
    way.by_hand("commit", "-qm", "By hand")
    way.merges()
    assert {"good.txt", "more.txt", "alice.txt"} <= set(way.merged())


def test_everything_taken_out_is_a_question_and_what_is_put_back_is_merged(way: BranchWorld) -> None:
    way.hands_in()
    submitted, branch = way.at, way.work().branch
    way.by_hand("update-ref", f"refs/heads/{branch}", "main")
    way.merges()
    (thread,) = way.asked()
    assert f"people have taken everything out of its branch {branch}" in thread.turns[0].text
    assert f"git branch -f {branch} {submitted[:8]}" in thread.turns[0].text
    assert "status: awaiting_review" in way.file
    way.by_hand("branch", "-f", branch, submitted)
    way.world.ask(Verb.ANSWER, thread=thread.id, option=AGAIN)
    way.merges()
    assert {"good.txt", "bad.txt"} <= set(way.merged())


def test_a_branch_that_was_deleted_is_a_question_and_nothing_is_merged(way: BranchWorld) -> None:
    way.hands_in()
    submitted, branch = way.at, way.work().branch
    way.by_hand("branch", "-D", branch)
    way.merges()
    (thread,) = way.asked()
    assert f"its branch {branch} was deleted by somebody" in thread.turns[0].text
    assert way.by_hand("rev-parse", INTO) == way.by_hand("rev-parse", "main")
    way.by_hand("branch", branch, submitted[:8])
    way.merges()
    assert {"good.txt", "bad.txt"} <= set(way.merged())


@pytest.mark.parametrize("change", [takes_out, adds])
@pytest.mark.parametrize("while_checked", [False, True])
def test_what_is_changed_while_the_work_is_held_counts_when_it_goes_on(
    way: BranchWorld, change: Meanwhile, while_checked: bool
) -> None:
    way.hands_in()
    submitted = way.at

    def holds() -> None:
        way.is_checked(lambda: None)
        way.world.ask(Verb.MERGE_HOLD, id=way.work().issue)
        change(way)

    if while_checked:
        way.is_checked(holds)
        way.merges()
    else:
        holds()
    way.merges()
    assert way.work().phase is WorkPhase.SUBMITTED
    way.world.ask(Verb.MERGE_NOW, id=way.work().issue)
    way.merges()
    assert ("alice.txt" in way.merged()) is (change is adds)
    assert ("bad.txt" in way.merged()) is (change is adds)
    said = f"people have changed `{way.work().branch}` since `{submitted[:8]}` was submitted: `{way.at[:8]}`"
    assert way.file.count(said) == 1
