from typing import Final

import pytest

from dispatchd.domain.command import (
    CastVote,
    OpenProposal,
    PlanActions,
)
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.proposal import (
    Action,
    Choice,
    CreateIssue,
    MergeAction,
    Proposal,
    SetSetting,
    StartEpicAction,
    WriteContext,
)
from dispatchd.domain.proposal import SetFact as PlannedFact
from tests.fakes.fake_board import ALICE, ASH, NOON, by
from tests.fakes.fake_workspace import (
    PROPOSAL,
    open_epic,
    open_proposal,
    plan,
    refusal,
    stand_issue,
    workspace,
)

LOGIN: Final = EntityId("i-7k2m")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (CreateIssue(title=" "), 'write "create issue: " and its title'),
        (PlannedFact(target="i-zzzz", key="priority", value="high"), "nothing is called i-zzzz"),
        (PlannedFact(target=LOGIN, key="priority", value="huge"), '"huge" is no priority'),
        (PlannedFact(target=LOGIN, key="branch", value="x"), '"branch" cannot'),
        (SetSetting(key="people.mallory", value="x"), "changed in config.toml, by a person"),
        (SetSetting(key="commands.test", value="rm"), "changed in config.toml, by a person"),
        (StartEpicAction(target="e-3fq9"), "e-3fq9 is awaiting gate"),
        (MergeAction(target="nothing"), "nothing is called nothing"),
        (WriteContext(path=DocumentPath("context/../config.toml"), text=""), "lies elsewhere"),
        (WriteContext(path=DocumentPath("issues/x.md"), text=""), "lies elsewhere"),
    ],
)
def test_an_action_that_could_not_be_done_is_refused_when_the_proposal_opens(
    action: Action, said: str
) -> None:
    board = workspace()
    stand_issue(board, LOGIN)
    open_epic(board, plan("Design"))
    proposal = Proposal(id=PROPOSAL, title="x", created=NOON, proposer=ALICE, actions=(action,))
    assert said in refusal(board, OpenProposal(proposal=proposal))


def test_actions_can_change_until_somebody_has_voted_on_them() -> None:
    board = workspace()
    open_proposal(board, "@alice", "@bob", actions=(CreateIssue(title="One"),))
    two = PlanActions(proposal=PROPOSAL, actions=(CreateIssue(title="Two"),))
    assert "not for an agent" in refusal(board, two, ASH)
    board.handle(two, by(ALICE))
    assert board.handle(two, by(ALICE)) == []
    board.handle(CastVote(proposal=PROPOSAL, voter="@alice", choice=Choice.APPROVE), by(ALICE))
    assert "@alice voted on what stood here before" in refusal(
        board, PlanActions(proposal=PROPOSAL, actions=())
    )
