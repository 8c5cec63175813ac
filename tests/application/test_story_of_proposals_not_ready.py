"""A proposal with a line that cannot stand is no vote yet: it says so on that line, and keeps every word."""

from contextlib import closing

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.requests.request import Verb
from dispatchd.application.workspace_status import status_of
from dispatchd.domain.errors import Rejected
from dispatchd.domain.proposal import CreateIssue, SetFact
from tests.application.vote_world import ID, ISSUE, PROPOSAL, VoteWorld, tick, titles
from tests.application.world import World

LIST = "\n## If it passes\n\n- create issue: Look at it\n- {line}\n"
ALICE = '["@alice"]'


def line_of(world: World, words: str) -> str:
    """The line with *words* and, of the body, the note below it."""
    lines = world.read(PROPOSAL).splitlines(keepends=True)
    at = next(place for place, line in enumerate(lines) if words in line)
    return "".join(lines[at : at + 2])


def problems(world: World) -> list[str]:
    """Where the status says that something is wrong."""
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        return [each.path for each in status_of(model).problems if each.path == PROPOSAL]


def write_open(world: World) -> None:
    """A person writes `status: open` where the daemon wrote that it is a draft."""
    lines = world.read(PROPOSAL).split("\n")
    at = next(place for place, line in enumerate(lines) if line.startswith("status: "))
    world.save(PROPOSAL, "\n".join([*lines[:at], "status: open", *lines[at + 1 :]]))
    world.settle()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"set {ISSUE} priority: urgentt", '"urgentt" is no priority'),
        ("creat issue: Two", "no action that can be carried out"),
        ("create issue", "no action that can be carried out"),
        ("write context/two.md", "what to write to context/two.md"),
        ("set i-zzzz priority: high", "nothing is called i-zzzz"),
    ],
)
def test_one_action_that_cannot_be_done_keeps_all_of_it_a_draft(world: World, line: str, said: str) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line=line))
    text = world.read(PROPOSAL)
    assert votes.proposal.status == "draft"
    assert "## Votes" not in text
    assert f"- {line}\n" in text
    assert said in line_of(world, f"- {line}\n")
    assert "write status: open" in line_of(world, "status: draft")


def test_a_line_that_is_mended_lets_people_vote_on_all_of_it(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line=f"set {ISSUE} priority: urgentt"))
    world.edit(PROPOSAL, "priority: urgentt", "priority: high")
    world.settle()
    write_open(world)
    assert votes.proposal.status == "open"
    assert "dispatchd:" not in world.read(PROPOSAL)
    tick(world, "Approve")
    votes.rest()
    assert votes.proposal.status == "passed"
    assert "priority: high" in world.read(f"issues/{ISSUE}.md")
    assert titles(world) == ["Look at it", "Slow"]


def test_a_line_mended_together_with_the_status_is_enough(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line="creat issue: Two"))
    mended = world.read(PROPOSAL).replace("creat issue: Two", "create issue: Two")
    world.save(PROPOSAL, mended)
    write_open(world)
    assert votes.proposal.status == "open"
    assert votes.proposal.actions == (CreateIssue(title="Look at it"), CreateIssue(title="Two"))


def test_a_draft_with_a_line_that_cannot_stand_does_not_open_by_its_file_nor_by_a_command(
    world: World,
) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line="creat issue: Two"))
    write_open(world)
    assert votes.proposal.status == "draft"
    assert "creat issue: Two" in line_of(world, "status: draft")
    with pytest.raises(Rejected, match="creat issue: Two"):
        world.ask(Verb.SET, id=ID, changes=("status=open",))


def test_a_draft_says_at_once_what_of_it_could_not_be_done(world: World) -> None:
    votes = VoteWorld(world, status="draft", voters=ALICE, actions=LIST.format(line="merge i-zzzz"))
    assert "nothing is called i-zzzz" in line_of(world, "- merge i-zzzz")
    world.edit(PROPOSAL, "- create issue: Look at it\n", f"- set {ISSUE} priority: urgentt\n")
    world.settle()
    assert '"urgentt" is no priority' in line_of(world, "urgentt")
    assert "nothing is called i-zzzz" in line_of(world, "- merge i-zzzz")
    assert votes.proposal.status == "draft"


def test_what_is_voted_on_changes_no_more_and_the_changed_line_says_so(world: World) -> None:
    votes = VoteWorld(world, voters='["@alice", ash]', actions=LIST.format(line=f"set {ISSUE} priority: low"))
    votes.look()
    votes.vote("ash")
    world.settle()
    world.edit(PROPOSAL, "priority: low", "priority: high")
    world.settle()
    assert "ash voted on what stood here before" in line_of(world, "priority: high")
    assert SetFact(target=ISSUE, key="priority", value="low") in votes.proposal.actions
    world.edit(PROPOSAL, "priority: high", "priority: low")
    world.settle()
    assert "stood here before" not in world.read(PROPOSAL)


def test_what_was_refused_in_a_vote_that_is_over_is_no_problem_any_more(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line=f"set {ISSUE} priority: low"))
    world.edit(PROPOSAL, "priority: low", "priority: loww")
    world.settle()
    assert problems(world) == [PROPOSAL]
    world.ask(Verb.VOTE, proposal=ID, choice="approve")
    votes.rest()
    assert votes.proposal.status == "passed"
    assert problems(world) == []
    assert '"loww" is no priority' in world.read(PROPOSAL)


def test_a_yes_is_not_counted_for_a_plan_that_its_file_does_not_show(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line=f"set {ISSUE} priority: low"))
    world.edit(PROPOSAL, "create issue: Look at it", "creat issue: Look away")
    tick(world, "Approve")
    votes.rest()
    assert votes.proposal.status == "open"
    assert not votes.proposal.votes
    assert "then tick again; what is voted on is not what stands there" in line_of(world, "] Approve")
    tick(world, "Force approve", "now")
    votes.rest()
    assert votes.proposal.status == "open"
    world.edit(PROPOSAL, "creat issue: Look away", "create issue: Look away")
    world.settle()
    tick(world, "Approve")
    votes.rest()
    assert votes.proposal.status == "passed"
    assert "Look away" in titles(world)
    assert "Look at it" not in titles(world)


def test_a_yes_saved_together_with_lines_that_can_stand_is_for_those(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line=f"set {ISSUE} priority: low"))
    world.edit(PROPOSAL, "create issue: Look at it", "create issue: Look away")
    tick(world, "Approve")
    votes.rest()
    assert votes.proposal.status == "passed"
    assert "Look away" in titles(world)


def test_an_open_proposal_takes_no_line_that_cannot_be_done_and_each_is_answered(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, actions=LIST.format(line=f"set {ISSUE} priority: low"))
    before = votes.proposal.actions
    world.edit(PROPOSAL, "priority: low\n", "priority: loww\n- merge i-zzzz\n- creat issue: Two\n")
    world.settle()
    assert votes.proposal.status == "open"
    assert votes.proposal.actions == before
    assert '"loww" is no priority' in line_of(world, "loww")
    assert "nothing is called i-zzzz" in line_of(world, "- merge i-zzzz")
    assert "no action" in line_of(world, "creat issue: Two")
    world.edit(PROPOSAL, "priority: loww", "priority: low")
    world.edit(PROPOSAL, "creat issue: Two", "create issue: Two")
    world.edit(PROPOSAL, "- merge i-zzzz\n", "")
    world.settle()
    assert votes.proposal.actions == (*before, CreateIssue(title="Two"))
    assert "dispatchd:" not in world.read(PROPOSAL)


def test_one_wrong_voter_takes_no_other_away_and_puts_nobody_in(world: World) -> None:
    votes = VoteWorld(world, voters='["@bob", ash, ghost]')
    assert votes.proposal.status == "draft"
    (line,) = [each for each in world.read(PROPOSAL).split("\n") if each.startswith("voters:")]
    assert line.startswith('voters: ["@bob", ash, ghost]')
    assert 'there is no "ghost"' in line
    write_open(world)
    assert votes.proposal.status == "draft"
    world.edit(PROPOSAL, ", ghost]", "]")
    world.settle()
    write_open(world)
    assert votes.proposal.status == "open"
    assert votes.proposal.voters == ("@bob", "ash")
    assert "dispatchd:" not in world.read(PROPOSAL)


def test_a_voter_who_comes_to_be_known_needs_no_other_mend(world: World) -> None:
    votes = VoteWorld(world, voters='["@bob", ghost]')
    world.save("agents/ghost/agent.md", "---\nname: ghost\nrole: docs\nengine: told\n---\n\nWorks.\n")
    world.settle()
    write_open(world)
    assert votes.proposal.status == "open"
    assert votes.proposal.voters == ("@bob", "ghost")
    assert "dispatchd:" not in world.read(PROPOSAL)


def test_a_draft_keeps_a_wrong_voter_that_is_added_and_does_not_open_without(world: World) -> None:
    votes = VoteWorld(world, status="draft", voters='["@bob"]')
    world.edit(PROPOSAL, '["@bob"]', '["@bob", ghost]')
    world.settle()
    (line,) = [each for each in world.read(PROPOSAL).split("\n") if each.startswith("voters:")]
    assert line.startswith('voters: ["@bob", ghost]')
    assert 'there is no "ghost"' in line
    write_open(world)
    assert votes.proposal.status == "draft"


@pytest.mark.parametrize(
    "heading", ["## If it passes:", "# If it passes", "### IF IT PASSES :", "## **If it passes:**"]
)
def test_the_heading_of_what_follows_is_known_however_it_is_written(world: World, heading: str) -> None:
    actions = f"\n{heading}\n\n- create issue: Look at it\n\n## Why not\n\n- no reason\n"
    votes = VoteWorld(world, voters=ALICE, actions=actions)
    assert votes.proposal.status == "open"
    assert votes.proposal.actions == (CreateIssue(title="Look at it"),)
    tick(world, "Approve")
    votes.rest()
    assert titles(world) == ["Look at it", "Slow"]


def test_a_deadline_that_is_over_opens_no_vote(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, deadline="2020-01-01")
    assert votes.proposal.status == "draft"
    (line,) = [each for each in world.read(PROPOSAL).split("\n") if each.startswith("deadline:")]
    assert line.startswith("deadline: 2020-01-01")
    assert "is over" in line
    world.edit(PROPOSAL, "deadline: 2020-01-01", "deadline: 2099-01-01")
    world.settle()
    write_open(world)
    assert votes.proposal.status == "open"
    assert "dispatchd:" not in world.read(PROPOSAL)


def test_an_open_vote_keeps_its_deadline_where_a_past_one_is_written(world: World) -> None:
    votes = VoteWorld(world, voters=ALICE, deadline="2099-01-01")
    world.edit(PROPOSAL, "deadline: 2099-01-01", "deadline: 2019-01-01")
    world.settle()
    assert votes.proposal.status == "open"
    assert "is over" in line_of(world, "deadline: ")
