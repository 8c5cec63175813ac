"""People commit on the branch of an agent's work, write it anew, or delete it: the next prompt and the issue say so."""

from pathlib import Path

import pytest

from dispatchd.domain.agent_run import RunOutcome
from tests.adapters.git.test_work_clones import commit_in, git, repository
from tests.application.branch_world import INTO, BranchWorld
from tests.application.flow_world import PATH
from tests.application.losing import lose_database
from tests.application.world import World

__all__ = ["repository"]

CHANGED = "# People have changed your branch"


@pytest.fixture
def way(world: World, repository: Path) -> BranchWorld:
    """ash has committed in a first turn, and waits for an answer."""
    made = BranchWorld(world, repository)
    made.dispatched()
    made.commits("one.txt")
    made.thread = made.asks()
    made.leaves()
    return made


def told(way: BranchWorld) -> str:
    """What the turn is told that begins with the answer."""
    way.answered(way.thread)
    return way.dispatched()


def goes_on(way: BranchWorld) -> str:
    """The turn ends with another question, which is answered; what the next one is told."""
    way.thread = way.asks("And now?")
    way.leaves()
    return told(way)


def test_commits_of_people_are_named_once_and_those_of_agents_are_not(way: BranchWorld) -> None:
    first = way.person_commits("alice.txt", "Say it in French")
    second = way.person_commits("more.txt", "Quote\x1b[31m it")
    said = told(way)
    assert CHANGED in said
    assert f"> - `{second[:8]}` Quote␛[31m it (Alice Doe)\n" in said
    assert f"> - `{first[:8]}` Say it in French (Alice Doe)\n" in said
    assert "Change one.txt" not in said
    assert "written the history" not in said
    way.commits("two.txt")
    assert CHANGED not in goes_on(way)


def test_what_people_commit_while_it_works_is_named_in_the_next_turn(way: BranchWorld) -> None:
    assert CHANGED not in told(way)
    way.commits("two.txt")
    made = way.person_commits("alice.txt")
    way.thread = way.asks("And now?")
    way.leaves()
    said = told(way)
    assert f"`{made[:8]}` By hand (Alice Doe)" in said
    assert "Merge what people committed" not in said
    assert "Change two.txt" not in said


def test_what_arrives_between_the_prompt_and_the_worktree_is_named_in_the_next_turn(way: BranchWorld) -> None:
    assert CHANGED not in told(way)
    made = way.person_commits("alice.txt")
    way.commits("two.txt")  # its worktree is brought level with the branch before
    assert (way.clone.path / "alice.txt").exists()
    assert f"`{made[:8]}`" in goes_on(way)


def test_a_history_that_was_written_anew_is_told(way: BranchWorld) -> None:
    made = way.person_takes_out("one.txt")
    said = told(way)
    assert f"written the history of `{way.work().branch}` anew" in said
    assert f"`{made[:8]}`" in said


def test_many_commits_are_named_as_far_as_there_is_room(way: BranchWorld) -> None:
    for number in range(25):
        way.person_commits(f"{number}.txt", f"Number {number}")
    said = told(way)
    assert "Number 24 (" in said
    assert "Number 5 (" in said
    assert "Number 4 (" not in said
    assert "> - and more" in said


def test_a_turn_that_never_began_has_told_nothing(way: BranchWorld) -> None:
    made = way.person_commits("alice.txt")
    assert f"`{made[:8]}`" in told(way)
    way.over(RunOutcome.LOST)
    way.world.clock.pass_time(600)
    assert f"`{made[:8]}`" in way.dispatched()


def test_a_database_made_anew_names_no_commit_twice(way: BranchWorld) -> None:
    way.person_commits("alice.txt")
    assert CHANGED in told(way)
    way.thread = way.asks("And now?")
    way.leaves()
    lose_database(way.world).remove()
    assert CHANGED not in told(way)


def test_a_branch_deleted_between_turns_is_made_again_where_the_work_stood_and_the_issue_says_so(
    way: BranchWorld,
) -> None:
    stood, branch = way.at, way.work().branch
    way.by_hand("branch", "-D", branch)
    told(way)
    said = f"somebody had deleted `{branch}`, and it is made again at `{stood[:8]}`, where the work stood"
    assert way.file.count(said) == 1
    assert (way.clone.path / "one.txt").exists()
    assert way.at == stood == git(way.clone.path, "rev-parse", "HEAD")
    way.commits("two.txt")
    way.hands_in()
    way.merges()
    assert {"one.txt", "two.txt"} <= set(way.merged())
    assert way.world.read(PATH).count(said) == 1


def test_a_branch_deleted_in_the_middle_of_a_turn_holds_all_that_stood_on_it_and_is_told(
    way: BranchWorld,
) -> None:
    told(way)
    clone = way.clone
    (clone.path / "left.txt").write_text("uncommitted\n")
    way.person_commits("alice.txt")
    way.clones.fetch_back(clone)  # another look has joined them
    way.by_hand("branch", "-D", way.work().branch)
    commit_in(clone, "two.txt", "ash\n")
    head = way.clones.fetch_back(clone) or ""
    listed = way.by_hand("ls-tree", "-r", "--name-only", way.at).split()
    assert {"one.txt", "two.txt", "alice.txt"} <= set(listed)
    (said,) = way.clones.told_of(clone, head)
    assert said.startswith(f"somebody had deleted `{clone.branch}`, and it is made again at `{head[:8]}`")


def test_a_worktree_that_is_gone_with_its_branch_is_made_anew_where_the_work_stood(way: BranchWorld) -> None:
    stood = way.at
    way.clone.path.rename(way.folder.parent / "gone")
    way.by_hand("branch", "-D", way.work().branch)
    told(way)
    assert git(way.clone.path, "rev-parse", "HEAD") == stood == way.at


def test_a_person_takes_their_own_commit_back_while_the_agent_works_on_it(way: BranchWorld) -> None:
    way.person_commits("alice.txt")
    told(way)
    clone = way.clone
    assert (clone.path / "alice.txt").exists()
    stood = way.at
    way.by_hand("update-ref", f"refs/heads/{clone.branch}", f"{stood}^")
    commit_in(clone, "two.txt", "ash\n")
    way.hands_in()
    way.merges()
    assert {"one.txt", "two.txt"} <= set(way.merged())
    assert "alice.txt" not in way.merged()
    assert not way.by_hand("log", "--format=%H", "--grep=By hand", INTO)
    kept = f"`refs/dispatchd/rescue/{clone.issue}-agent-{stood[:12]}` keeps what stood on `{clone.branch}`"
    (said,) = way.clones.told_of(clone, way.at)  # as at the end of each turn
    assert said.startswith(kept)
