import pytest

from dispatchd.domain.actors import DAEMON, Actor
from dispatchd.domain.authority import is_person, may_answer_gate
from dispatchd.domain.board import Rules
from dispatchd.domain.command import ReviseFile, SetFact
from dispatchd.domain.epic import GateKind, GatePlan
from dispatchd.domain.event import FileRevised
from dispatchd.domain.identifiers import DocumentPath, EntityId
from tests.fakes.fake_board import ALICE, ASH, PEOPLE, STRANGER, by
from tests.fakes.fake_workspace import EPIC, open_epic, open_issue, plan, refusal, workspace

ISSUE = EntityId("i-aaaa")


@pytest.mark.parametrize(
    ("actor", "counts"), [(ALICE, True), (STRANGER, False), (ASH, False), (DAEMON, False)]
)
def test_people_are_those_who_are_listed(actor: Actor, counts: bool) -> None:
    assert is_person(Rules(people=PEOPLE), actor) is counts
    assert may_answer_gate(Rules(people=PEOPLE), GatePlan(kind=GateKind.APPROVAL), actor) is counts


@pytest.mark.parametrize(("actor", "counts"), [(STRANGER, True), (ASH, False), (DAEMON, False)])
def test_while_nobody_is_listed_any_human_counts_and_nothing_else(actor: Actor, counts: bool) -> None:
    assert is_person(Rules(), actor) is counts
    named_like_it = GatePlan(kind=GateKind.APPROVAL, approvers=(actor.handle,))
    assert may_answer_gate(Rules(), named_like_it, actor) is counts


@pytest.mark.parametrize(("key", "value"), [("stage", "Build"), ("stage", None), ("epic", None)])
def test_an_agent_moves_no_issue_out_of_its_stage(key: str, value: str | None) -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build"))
    open_issue(board, ISSUE, "Design")
    change = SetFact(subject=ISSUE, key=key, value=value)
    assert "not for an agent" in refusal(board, change, ASH)
    board.handle(change, by(ALICE))


def test_an_agent_may_put_an_issue_into_an_epic() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    open_issue(board, ISSUE)
    board.handle(SetFact(subject=ISSUE, key="epic", value=EPIC), by(ASH))
    board.handle(SetFact(subject=ISSUE, key="stage", value="design"), by(ASH))


@pytest.mark.parametrize(
    "path", ["config.toml", "policies.toml", "prompts/coder.md", "workflows/plain.toml", "README.md"]
)
def test_106_an_agent_changes_no_settings(path: str) -> None:
    change = ReviseFile(path=DocumentPath(path), blob=None)
    assert "not for an agent" in refusal(workspace(), change, ASH)
    assert workspace().handle(change, by(ALICE)) == [FileRevised(path=DocumentPath(path), blob=None)]


def test_an_agent_may_write_what_others_should_know() -> None:
    notes = ReviseFile(path=DocumentPath("context/hashes.md"), blob=None)
    assert len(workspace().handle(notes, by(ASH))) == 1
