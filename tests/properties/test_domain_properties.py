from hypothesis import given
from hypothesis import strategies as st

from dispatchd.domain.actors import DAEMON, ActorKind
from dispatchd.domain.command import AnswerThread, MoveIssue
from dispatchd.domain.dependency_graph import cycle_in
from dispatchd.domain.epic import EpicStatus, StageState
from dispatchd.domain.epic_flow import next_step
from dispatchd.domain.event import (
    AgentIntroduced,
    EntityRemoved,
    GateApproved,
    GateRejected,
    GateSigned,
    GateSkipped,
    IssueMoved,
    ProposalOverridden,
    StagesPlanned,
    ThreadAnswered,
)
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id, id_length, kind_of, parse_id
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.issue_rules import TRANSITIONS
from dispatchd.domain.stages import current_stage, unfinished_in
from dispatchd.domain.thread import Thread, ThreadStatus
from tests.fakes.fake_board import FakeBoard
from tests.fakes.fake_workspace import the_epic, the_proposal
from tests.properties.domain_commands import AGENTS, ISSUES, PEOPLE, Asked, Begun, asked_by, attempt, begun

EVERYBODY = (*PEOPLE, *AGENTS, DAEMON)
beginnings = st.sampled_from(Begun)


def played(sequence: list[Asked], how_far: Begun) -> FakeBoard:
    board = begun(how_far)
    for asked in sequence:
        attempt(board, asked)
    return board


@given(asked_by(EVERYBODY), beginnings)
def test_the_same_events_make_the_same_state(sequence: list[Asked], how_far: Begun) -> None:
    board = played(sequence, how_far)
    again = board.replayed()
    assert again.entities == board.entities
    assert again.decisions == board.decisions


@given(asked_by(EVERYBODY), beginnings)
def test_what_is_done_is_not_done_again(sequence: list[Asked], how_far: Begun) -> None:
    board = begun(how_far)
    for asked in sequence:
        if attempt(board, asked) is not None:
            assert attempt(board, asked) in ([], None) or can_be_said_twice(asked)


def can_be_said_twice(asked: Asked) -> bool:
    """What is queued for somebody is assigned at once and can be given back; a further turn can repeat the last."""
    match asked.command:
        case MoveIssue(to=IssueStatus.QUEUED) | AnswerThread():
            return True
        case _:
            return False


@given(asked_by(AGENTS), beginnings)
def test_no_sequence_of_agents_commands_decides_what_a_human_must(
    sequence: list[Asked], how_far: Begun
) -> None:
    board = begun(how_far)
    before = len(board.log)
    for asked in sequence:
        attempt(board, asked)
    agents_own = [event for event, whose in board.log[before:] if whose.actor.kind is ActorKind.AGENT]
    decided = (
        GateApproved
        | GateRejected
        | GateSkipped
        | GateSigned
        | ProposalOverridden
        | EntityRemoved
        | StagesPlanned
    )
    assert not [event for event in agents_own if isinstance(event, decided | AgentIntroduced)]
    assert not [
        event for event, _ in board.log[before:] if isinstance(event, GateApproved) and not event.by_rule
    ]
    signed = [each.by for stage in the_epic(board).stages for each in stage.gate.approvals]
    assert all(actor.kind is ActorKind.HUMAN for actor in signed)
    assert all(
        vote.signature.by.kind is not ActorKind.AGENT
        for vote in the_proposal(board).votes
        if "@" in vote.voter
    )
    forced = [event for event in agents_own if isinstance(event, IssueMoved) and event.forced]
    off_table = [
        event
        for event in agents_own
        if isinstance(event, IssueMoved) and event.after not in TRANSITIONS[event.before]
    ]
    assert (forced, off_table) == ([], [])
    assert waiting_for_people(board) >= {"t-aaaa"} - closed_by_sender(board)


def waiting_for_people(board: FakeBoard) -> set[str]:
    threads = (each for each in board.entities.values() if isinstance(each, Thread))
    return {each.id for each in threads if each.status is ThreadStatus.OPEN}


def closed_by_sender(board: FakeBoard) -> set[str]:
    answered = {event.thread for event, _ in board.log if isinstance(event, ThreadAnswered)}
    thread = board.thread(EntityId("t-aaaa"))
    taken_back = thread is not None and thread.status is ThreadStatus.DISMISSED
    return {"t-aaaa"} - answered if taken_back else set()


@given(asked_by(EVERYBODY), beginnings)
def test_after_every_command_nothing_is_left_that_follows(sequence: list[Asked], how_far: Begun) -> None:
    board = begun(how_far)
    for asked in sequence:
        attempt(board, asked)
        assert next_step(board, the_epic(board)) is None


@given(asked_by(EVERYBODY), beginnings)
def test_an_epic_is_always_in_one_piece(sequence: list[Asked], how_far: Begun) -> None:
    board = played(sequence, how_far)
    epic = the_epic(board)
    states = [stage.state for stage in epic.stages]
    under_way = [state for state in states if state in {StageState.IN_PROGRESS, StageState.AWAITING_GATE}]
    assert len(under_way) <= 1
    open_stage = current_stage(epic)
    if epic.status is EpicStatus.COMPLETED and epic.stages:
        assert open_stage is None
    if epic.status is EpicStatus.AWAITING_GATE:
        assert open_stage is not None
        assert open_stage.state is StageState.AWAITING_GATE
        assert not unfinished_in(board, epic, open_stage)


@given(asked_by(EVERYBODY))
def test_no_chain_of_dependencies_ever_closes(sequence: list[Asked]) -> None:
    board = played(sequence, Begun.DRAFT)
    issues = [issue for each in ISSUES if (issue := board.issue(each)) is not None]
    assert cycle_in(issues) == ()


@given(asked_by(EVERYBODY))
def test_a_proposal_that_has_closed_changes_only_by_an_override(sequence: list[Asked]) -> None:
    board = begun()
    for asked in sequence:
        before = the_proposal(board)
        happened = attempt(board, asked) or []
        after = the_proposal(board)
        if before.closed_at is not None and not any(
            isinstance(each, ProposalOverridden) for each in happened
        ):
            assert (after.status, after.votes, after.voters) == (before.status, before.votes, before.voters)


@given(
    st.sampled_from([kind for kind in EntityKind if kind is not EntityKind.AGENT]),
    st.integers(0, 2**130),
    st.integers(4, 26),
)
def test_ids_round_trip(kind: EntityKind, bits: int, length: int) -> None:
    new_id = encode_id(kind, bits, length)
    assert parse_id(f" #{new_id.upper()} ") == new_id
    assert parse_id(f"[[{new_id}]]") == new_id
    assert kind_of(new_id) is kind
    assert len(new_id) == length + 2


@given(st.integers(0, 10_000_000))
def test_ids_grow_so_that_two_clones_hardly_ever_choose_the_same(population: int) -> None:
    added = 1 + population // 100
    assert added * added <= 32 ** id_length(population) / 1_000_000
