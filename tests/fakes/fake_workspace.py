"""Small workspaces in memory for the tests of the rules, and short ways to ask them for things."""

from typing import Any, Final

import pytest

from dispatchd.domain.actors import Actor, Channel
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Rules
from dispatchd.domain.command import Command, IntroduceAgent, OpenEpic, OpenIssue, OpenProposal, SetFact
from dispatchd.domain.epic import Epic, GateKind, GatePlan, Stage, StagePlan
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.proposal import Proposal
from tests.fakes.fake_board import ALICE, NOON, PEOPLE, FakeBoard, by

EPIC: Final = EntityId("e-3fq9")
PROPOSAL: Final = EntityId("p-9xw4")


def workspace(**rules: Any) -> FakeBoard:
    """Alice and Bob, with ash and birch, who write code, and pine, who looks after security."""
    board = FakeBoard(rules=Rules(people=PEOPLE, commands={"test": "make test"}, **rules))
    for name, role in (("ash", "coder"), ("birch", "coder"), ("pine", "security")):
        board.handle(IntroduceAgent(agent=Agent(name=name, role=role)), by(ALICE))
    board.log.clear()
    board.beginning = dict(board.entities)
    return board


def refusal(board: FakeBoard, command: Command, actor: Actor = ALICE, channel: Channel = Channel.SAVE) -> str:
    """What the rules say against *command*; nothing may have happened."""
    before = dict(board.entities)
    with pytest.raises(Rejected) as refused:
        board.handle(command, by(actor, channel=channel))
    assert board.entities == before
    return str(refused.value)


def stand_issue(board: FakeBoard, issue_id: EntityId, title: str = "Login times out", **facts: Any) -> Issue:
    """Put an issue on the board as it is, without asking the rules, and give it back."""
    issue = Issue(id=issue_id, title=title, created=NOON, **facts)
    board.entities[issue_id] = issue
    board.beginning[issue_id] = issue
    return issue


def plan(
    name: str, gate: GateKind | GatePlan | None = GateKind.APPROVAL, substance: str = "", **written: Any
) -> StagePlan:
    """A stage as written, with a gate unless *gate* is None."""
    gate_plan = (
        GatePlan(kind=gate, question="Is it right?", **written) if isinstance(gate, GateKind) else gate
    )
    return StagePlan(name=name, gate=gate_plan, substance=substance)


def open_epic(board: FakeBoard, *plans: StagePlan, started: bool = True, epic_id: EntityId = EPIC) -> None:
    """An epic by Alice with these stages, started unless said otherwise."""
    stages = tuple(Stage(plan=each) for each in plans)
    epic = Epic(id=epic_id, title="Passwordless login", created=NOON, stages=stages)
    board.handle(OpenEpic(epic=epic), by(ALICE))
    if started:
        board.handle(SetFact(subject=epic_id, key="status", value="ready"), by(ALICE))


def open_issue(board: FakeBoard, issue_id: str, stage: str | None = None, **facts: Any) -> list[Event]:
    """An issue by Alice, in a stage of the epic if one is named."""
    epic = EPIC if stage else None
    issue = Issue(id=EntityId(issue_id), title=issue_id, created=NOON, epic=epic, stage=stage, **facts)
    return board.handle(OpenIssue(issue=issue), by(ALICE))


def shape(board: FakeBoard, epic_id: EntityId = EPIC) -> tuple[str, ...]:
    """An epic's status, then the states of its stages."""
    epic = board.epic(epic_id)
    assert epic is not None
    return (str(epic.status), *(str(stage.state) for stage in epic.stages))


def the_epic(board: FakeBoard) -> Epic:
    """The epic of these workspaces."""
    epic = board.epic(EPIC)
    assert epic is not None
    return epic


def open_proposal(board: FakeBoard, *voters: str, actor: Actor = ALICE, **facts: Any) -> None:
    """A proposal on which *voters* are asked."""
    proposal = Proposal(
        id=PROPOSAL, title="Use argon2id", created=NOON, proposer=actor, voters=voters, **facts
    )
    board.handle(OpenProposal(proposal=proposal), by(actor))


def the_proposal(board: FakeBoard) -> Proposal:
    """The proposal of these workspaces."""
    proposal = board.proposal(PROPOSAL)
    assert proposal is not None
    return proposal
