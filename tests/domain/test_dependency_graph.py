from datetime import timedelta

from dispatchd.domain.command import ChangeSet, MoveIssue, SetFact
from dispatchd.domain.dependency_graph import critical_path, cycle_in, ready_issues, waiting_on
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus, Priority
from tests.fakes.fake_board import ALICE, NOON, FakeBoard, by
from tests.fakes.fake_workspace import (
    EPIC,
    open_epic,
    open_issue,
    plan,
    refusal,
    stand_issue,
    workspace,
)

A, B, C, D = (EntityId(f"i-{letter * 4}") for letter in "abcd")


def issue(issue_id: EntityId, *needs: EntityId, **facts: object) -> Issue:
    known = {"status": IssueStatus.QUEUED, "created": NOON, **facts}
    return Issue(id=issue_id, title=issue_id, depends_on=needs, **known)  # type: ignore[arg-type]


def chained() -> FakeBoard:
    """A waits for B, B waits for C."""
    board = workspace()
    stand_issue(board, A, depends_on=(B,))
    stand_issue(board, B, depends_on=(C,))
    stand_issue(board, C)
    return board


def test_a_cycle_is_refused_by_naming_the_chain() -> None:
    said = refusal(chained(), ChangeSet(subject=C, key="depends_on", add=(A,)))
    assert said == (
        "leave i-aaaa out, or cut the chain elsewhere; i-aaaa already waits for i-cccc: "
        "i-cccc → i-aaaa → i-bbbb → i-cccc."
    )


def test_an_issue_does_not_wait_for_itself_or_for_what_is_not_there() -> None:
    assert "this issue itself" in refusal(chained(), ChangeSet(subject=C, key="depends_on", add=("#I-CCCC",)))
    assert "no issue is called i-zzzz" in refusal(
        chained(), ChangeSet(subject=C, key="depends_on", add=("i-zzzz",))
    )


def test_a_parent_is_not_ones_own_descendant() -> None:
    board = workspace()
    stand_issue(board, A, parent=B)
    stand_issue(board, B)
    assert "i-bbbb → i-aaaa → i-bbbb" in refusal(board, SetFact(subject=B, key="parent", value=A))


def test_a_dependency_can_always_be_taken_away_and_given_in_another_order() -> None:
    board = chained()
    board.handle(ChangeSet(subject=A, key="depends_on", remove=(B,)), by(ALICE))
    board.handle(ChangeSet(subject=C, key="depends_on", add=(A,)), by(ALICE))
    waiting = board.issue(C)
    assert waiting is not None
    assert waiting.depends_on == (A,)


def test_waiting_is_explained_and_over_when_what_it_waits_for_is() -> None:
    board = chained()
    first = board.issue(A)
    assert first is not None
    assert [each.why for each in waiting_on(board, first)] == ["i-bbbb is unassigned"]
    board.handle(MoveIssue(issue=B, to=IssueStatus.CANCELLED), by(ALICE))
    assert waiting_on(board, first) == ()


def test_an_issue_waits_for_its_stage_too() -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build"), started=False)
    open_issue(board, A, "Build")
    waits = board.issue(A)
    assert waits is not None
    assert [each.why for each in waiting_on(board, waits)] == ["e-3fq9 is a draft"]
    board.handle(SetFact(subject=EPIC, key="status", value="ready"), by(ALICE))
    assert [each.why for each in waiting_on(board, waits)] == ['"Build" of e-3fq9 is not open yet']


def test_what_is_ready_is_queued_and_waits_for_nothing_most_urgent_then_oldest_first() -> None:
    issues = [
        issue(A, D),
        issue(B, created=NOON + timedelta(hours=1)),
        issue(C, priority=Priority.LOW, created=NOON - timedelta(days=1)),
        issue(D, priority=Priority.CRITICAL),
        issue(EntityId("i-eeee"), status=IssueStatus.UNASSIGNED),
        issue(EntityId("i-ffff"), EntityId("i-gone")),
    ]
    assert [each.id for each in ready_issues(issues)] == [D, "i-ffff", B, C]


def test_the_critical_path_is_the_longest_chain_of_what_is_open() -> None:
    issues = [issue(A, B), issue(B, C, D), issue(C), issue(D, EntityId("i-eeee"))]
    assert critical_path(issues) == (C, B, A)
    assert critical_path([*issues[:2], issue(C, status=IssueStatus.DONE), issues[3]]) == (D, B, A)
    assert critical_path([]) == ()


def test_a_cycle_that_arrived_all_the_same_is_named_and_breaks_nothing() -> None:
    issues = [issue(A, B), issue(B, C), issue(C, A), issue(D, A)]
    assert cycle_in(issues) == (A, B, C, A)
    assert critical_path(issues) == ()
    assert cycle_in([issue(A, B), issue(B)]) == ()


def test_ten_thousand_in_a_row_are_no_matter() -> None:
    row = [EntityId(f"i-{number:06}") for number in range(10_000)]
    issues = [issue(each, row[place + 1]) for place, each in enumerate(row[:-1])] + [issue(row[-1])]
    assert len(critical_path(issues)) == 10_000
