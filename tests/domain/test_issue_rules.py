from collections.abc import Callable
from itertools import product

import pytest

from dispatchd.domain.board import Board
from dispatchd.domain.command import ChangeSet, MoveIssue, OpenIssue, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import FactSet, IssueMoved
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.issue_rules import TRANSITIONS, follows, refusal_for_status
from tests.fakes.fake_board import ALICE, ASH, NOON, STRANGER, FakeBoard, by
from tests.fakes.fake_workspace import refusal, stand_issue, workspace

S = IssueStatus
LOGIN = EntityId("i-7k2m")

AS_WRITTEN = """
unassigned: queued, assigned, cancelled
queued: assigned, unassigned, cancelled
assigned: in_progress, unassigned, cancelled
in_progress: awaiting_review, blocked, done, cancelled
awaiting_review: in_review, in_progress, cancelled
in_review: done, in_progress, cancelled
blocked: in_progress, cancelled
done:
cancelled:
"""
TABLE = {
    S(state): {S(word.strip()) for word in then.split(",") if word.strip()}
    for state, then in (line.split(":") for line in AS_WRITTEN.strip().splitlines())
}


@pytest.mark.parametrize(("current", "wanted"), list(product(S, S)))
def test_an_agent_keeps_strictly_to_the_table(current: S, wanted: S) -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=current, assignee="ash")
    if wanted is current:
        assert board.handle(MoveIssue(issue=LOGIN, to=wanted), by(ASH)) == []
    elif wanted in TABLE[current]:
        happened = board.handle(MoveIssue(issue=LOGIN, to=wanted), by(ASH))
        assert any(isinstance(event, IssueMoved) and event.after is wanted for event in happened)
    else:
        message = refusal(board, MoveIssue(issue=LOGIN, to=wanted), ASH)
        assert message.startswith(f'kept "{current}"; ')
        assert "!" not in message


@pytest.mark.parametrize(("current", "wanted"), list(product(S, S)))
def test_a_person_may_finish_or_cancel_from_any_state_and_otherwise_keeps_to_the_table(
    current: S, wanted: S
) -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=current, assignee="ash")
    gives_back = (current, wanted) == (S.ASSIGNED, S.QUEUED)
    if wanted in TABLE[current] or gives_back or wanted.is_final or current is wanted:
        board.handle(MoveIssue(issue=LOGIN, to=wanted), by(ALICE))
        expected = S.ASSIGNED if (current, wanted) == (S.UNASSIGNED, S.QUEUED) else wanted
        assert status(board) is expected
    else:
        assert refusal(board, MoveIssue(issue=LOGIN, to=wanted), ALICE) == refusal_for_status(current, wanted)
        assert status(board) is current


@pytest.mark.parametrize(("current", "wanted"), [pair for pair in product(S, S) if pair[0] is not pair[1]])
def test_an_exclamation_mark_forces_any_state_and_the_log_says_forced(current: S, wanted: S) -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=current)
    happened = board.handle(SetFact(subject=LOGIN, key="status", value=f"{wanted}!"), by(ALICE))
    assert happened == [IssueMoved(issue=LOGIN, before=current, after=wanted, forced=True)]


def test_the_table_is_the_one_that_was_asked_for() -> None:
    assert {state: set(then) for state, then in TRANSITIONS.items()} == TABLE
    assert not follows(S.ASSIGNED, S.QUEUED, for_people=False)
    assert follows(S.ASSIGNED, S.QUEUED, for_people=True)


def test_a_refused_status_says_what_comes_before_and_how_to_force_it() -> None:
    assert refusal_for_status(S.QUEUED, S.IN_REVIEW) == (
        'kept "queued"; "in_review" comes after awaiting_review. To force it: in_review!'
    )
    assert refusal_for_status(S.DONE, S.QUEUED) == ('kept "done"; it is finished. To open it again: queued!')


def test_only_people_force() -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=S.QUEUED)
    forced = MoveIssue(issue=LOGIN, to=S.DONE, forced=True)
    assert "ask a person" in refusal(board, forced, ASH)
    assert "[people]" in refusal(board, forced, STRANGER)


def test_what_an_agent_works_on_is_finished_by_a_person_only_by_force() -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=S.IN_PROGRESS, assignee="ash")
    board.worked_on.add(LOGIN)
    assert refusal(board, MoveIssue(issue=LOGIN, to=S.DONE), ALICE) == (
        'kept "in_progress"; "done" can be set when ash has stopped: dispatchd agent stop i-7k2m. To force it: done!'
    )
    board.handle(MoveIssue(issue=LOGIN, to=S.DONE), by(ASH))
    assert status(board) is S.DONE


def test_an_assignee_assigns_a_queued_issue_and_taking_it_away_gives_it_back() -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=S.QUEUED)
    board.handle(SetFact(subject=LOGIN, key="assignee", value="@Alice"), by(ALICE))
    assert (status(board), assignee(board)) == (S.ASSIGNED, "alice")
    board.handle(SetFact(subject=LOGIN, key="assignee", value=None), by(ALICE))
    assert (status(board), assignee(board)) == (S.QUEUED, None)


def queue_then_name(board: FakeBoard) -> None:
    board.handle(MoveIssue(issue=LOGIN, to=S.QUEUED), by(ALICE))
    board.handle(SetFact(subject=LOGIN, key="assignee", value="ash"), by(ALICE))


def name_then_queue(board: FakeBoard) -> None:
    board.handle(SetFact(subject=LOGIN, key="assignee", value="ash"), by(ALICE))
    board.handle(MoveIssue(issue=LOGIN, to=S.QUEUED), by(ALICE))


@pytest.mark.parametrize("write", [queue_then_name, name_then_queue])
def test_queueing_and_naming_somebody_assigns_in_either_order(write: Callable[[FakeBoard], None]) -> None:
    board = workspace()
    stand_issue(board, LOGIN)
    write(board)
    assert (status(board), assignee(board)) == (S.ASSIGNED, "ash")


def test_giving_an_issue_back_by_its_status_takes_the_assignee_away() -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=S.ASSIGNED, assignee="ash")
    happened = board.handle(MoveIssue(issue=LOGIN, to=S.QUEUED), by(ALICE))
    assert happened == [
        FactSet(subject=LOGIN, key="assignee", before="ash", after=None),
        IssueMoved(issue=LOGIN, before=S.ASSIGNED, after=S.QUEUED),
    ]


def test_assigned_needs_somebody_and_an_agent_means_itself() -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=S.QUEUED)
    assert "assignee: NAME" in refusal(board, MoveIssue(issue=LOGIN, to=S.ASSIGNED), ALICE)
    board.handle(MoveIssue(issue=LOGIN, to=S.ASSIGNED), by(ASH))
    assert (status(board), assignee(board)) == (S.ASSIGNED, "ash")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("status", "in_reveiw", 'kept "queued"; did you mean in_review? "in_reveiw" is no status.'),
        ("priority", "huge", 'choose one of: critical, high, medium, low; "huge" is no priority.'),
        (
            "assignee",
            "carol",
            'people and agents here: alice, bob, ash, birch, pine; there is no "carol".',
        ),
        ("parent", "i-zzzz", "no issue is called i-zzzz."),
        ("epic", "someday", 'write an id like e-3fq9; "someday" is none.'),
        ("stage", "Build", 'nothing says of which epic "Build" is a stage.'),
        ("id", "i-9999", 'put back; "id" is the daemon\'s to write.'),
        ("title", "", 'kept "Login times out"; this issue needs a title.'),
        ("colour", "red", '"colour" is none.'),
    ],
)
def test_a_refused_fact_says_what_would_do(key: str, value: str, said: str) -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=S.QUEUED)
    assert said in refusal(board, SetFact(subject=LOGIN, key=key, value=value), ALICE)


@pytest.mark.parametrize(
    ("key", "written", "kept"),
    [
        ("status", "To-Do", None),
        ("status", "Won't do", "cancelled"),
        ("status", "GO", "queued"),
        ("priority", "P0", "critical"),
        ("priority", "Urgent", "critical"),
        ("type", "Bug", "bug"),
        ("role", "Security", "security"),
        ("title", "  Fix #123   for real ", "Fix #123 for real"),
    ],
)
def test_values_forgive_case_spaces_and_common_words(key: str, written: str, kept: str | None) -> None:
    board = workspace()
    stand_issue(board, LOGIN)
    happened = board.handle(SetFact(subject=LOGIN, key=key, value=written), by(ALICE))
    assert len(happened) == (0 if kept is None else 1)
    assert kept is None or str(getattr(board.issue(LOGIN), key)) == kept


def test_sets_take_adds_and_removes_and_keep_their_order() -> None:
    board = workspace()
    stand_issue(board, LOGIN, labels=("auth", "network"))
    change = ChangeSet(subject=LOGIN, key="labels", add=("slow", "Auth"), remove=("network", "never-there"))
    board.handle(change, by(ALICE))
    issue = board.issue(LOGIN)
    assert issue is not None
    assert issue.labels == ("auth", "slow")
    assert board.handle(change, by(ALICE)) == []


def test_a_new_issue_is_taken_in_the_state_a_person_gave_it_once() -> None:
    board = workspace()
    done = Issue(id=LOGIN, title="Login", created=NOON, status=S.DONE)
    assert len(board.handle(OpenIssue(issue=done), by(ALICE))) == 1
    assert status(board) is S.DONE
    assert board.handle(OpenIssue(issue=done), by(ALICE)) == []


def test_an_agents_issue_begins_at_the_beginning() -> None:
    issue = Issue(id=LOGIN, title="Login", created=NOON, status=S.DONE)
    assert '"unassigned" or "queued"' in refusal(workspace(), OpenIssue(issue=issue), ASH)


def test_a_new_issue_with_a_dangling_reference_is_refused_with_its_key() -> None:
    issue = Issue(id=LOGIN, title="Login", created=NOON, depends_on=(EntityId("i-zzzz"),))
    with pytest.raises(Rejected) as refused:
        workspace().handle(OpenIssue(issue=issue), by(ALICE))
    assert (refused.value.subject, refused.value.key) == (LOGIN, "depends_on")


def status(board: Board) -> IssueStatus:
    issue = board.issue(LOGIN)
    assert issue is not None
    return issue.status


def assignee(board: Board) -> str | None:
    issue = board.issue(LOGIN)
    assert issue is not None
    return issue.assignee
