from dataclasses import replace

import pytest

from dispatchd.application.requests.planning import plan, subject_of
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import ChangeSet, Command, MoveIssue, OpenIssue, SetFact
from dispatchd.domain.epic import Epic
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role
from tests.fakes.board_double import ALICE, NOON, BoardDouble, by, draw

LOGIN = Issue(id=EntityId("i-7k2m"), title="Login times out", created=NOON, labels=("auth", "network"))
MAIL = Issue(id=EntityId("i-7zzz"), title="Send the mail", created=NOON, source="github:o/r#123")
EPIC = Epic(id=EntityId("e-3fq9"), title="Passwordless login", created=NOON)


@pytest.fixture
def board() -> BoardDouble:
    return BoardDouble().add(LOGIN, MAIL, EPIC, Agent(name="ash"))


def planned(board: BoardDouble, subject: str, *changes: str) -> tuple[Command, ...]:
    request = Request(verb=Verb.SET, arguments={"id": subject, "changes": list(changes)})
    return plan(board.work, request, by(ALICE), draw)


def refusal(board: BoardDouble, subject: str, *changes: str) -> str:
    with pytest.raises(Rejected) as raised:
        planned(board, subject, *changes)
    return str(raised.value)


@pytest.mark.parametrize("typed", ["i-7k2m", "I-7K2M", "i-7k", "7k2", "[[i-7k2m]]"])
def test_an_id_is_found_by_what_people_type_of_it(board: BoardDouble, typed: str) -> None:
    assert planned(board, typed, "priority=high") == (
        SetFact(subject=LOGIN.id, key="priority", value="high"),
    )


def test_an_issue_is_found_by_its_path_and_by_its_number_elsewhere(board: BoardDouble) -> None:
    board.write("issues/login times out.md", LOGIN.id)
    for typed in (".dispatch/issues/login times out.md", "issues/login times out.md"):
        assert planned(board, typed, "type=bug") == (SetFact(subject=LOGIN.id, key="type", value="bug"),)
    assert planned(board, "#123", "type=bug") == (SetFact(subject=MAIL.id, key="type", value="bug"),)


@pytest.mark.parametrize("typed", ["login Times out", "timeout"])
def test_an_issue_is_found_by_its_title_and_by_its_files_name(board: BoardDouble, typed: str) -> None:
    board.write("issues/timeout.md", LOGIN.id)
    assert planned(board, typed, "type=bug") == (SetFact(subject=LOGIN.id, key="type", value="bug"),)


def test_a_title_that_two_have_names_both(board: BoardDouble) -> None:
    board.add(replace(MAIL, id=EntityId("i-9aaa"), title=LOGIN.title))
    assert "i-7k2m" in refusal(board, LOGIN.title, "type=bug")
    assert "i-9aaa" in refusal(board, LOGIN.title, "type=bug")


@pytest.mark.parametrize("typed", ["BACK-12", "back-12", "backlog-md:BACK-12", "Backlog-md:back-12"])
def test_what_was_imported_is_found_by_its_old_name_in_any_case(board: BoardDouble, typed: str) -> None:
    board.add(replace(MAIL, id=EntityId("i-9aaa"), source="backlog-md:BACK-12"))
    assert planned(board, typed, "type=bug") == (
        SetFact(subject=EntityId("i-9aaa"), key="type", value="bug"),
    )


def test_two_things_of_one_old_name_are_both_named(board: BoardDouble) -> None:
    board.add(replace(MAIL, id=EntityId("i-9aaa"), title="One", source="backlog-md:BACK-12"))
    board.add(replace(MAIL, id=EntityId("i-9bbb"), title="Other", source="beads:back-12"))
    said = refusal(board, "Back-12", "type=bug")
    assert "i-9aaa (One)" in said
    assert "i-9bbb (Other)" in said


def test_an_ambiguous_prefix_names_those_it_could_be(board: BoardDouble) -> None:
    said = refusal(board, "i-7", "priority=high")
    assert "i-7k2m (Login times out)" in said
    assert "i-7zzz (Send the mail)" in said


def test_an_unknown_id_says_where_to_look(board: BoardDouble) -> None:
    assert "dispatchd issue list" in refusal(board, "i-9999", "priority=high")


def test_words_are_forgiven_as_in_a_file(board: BoardDouble) -> None:
    assert planned(board, "i-7k2m", "Priority=P0", "status=Doing", "role=Coder") == (
        SetFact(subject=LOGIN.id, key="priority", value="critical"),
        SetFact(subject=LOGIN.id, key="role", value="coder"),
        MoveIssue(issue=LOGIN.id, to=IssueStatus.IN_PROGRESS),
    )


def test_somebody_is_named_before_a_state_that_needs_them_and_after_one_that_queues(
    board: BoardDouble,
) -> None:
    begun = planned(board, "i-7k2m", "status=in_progress", "assignee=@ash")
    assert [type(each) for each in begun] == [SetFact, MoveIssue]
    queued = planned(board, "i-7k2m", "assignee=@ash", "status=queued")
    assert [type(each) for each in queued] == [MoveIssue, SetFact]


def test_a_state_is_forced_by_its_exclamation_mark(board: BoardDouble) -> None:
    assert planned(board, "i-7k2m", "status=done!") == (
        MoveIssue(issue=LOGIN.id, to=IssueStatus.DONE, forced=True),
    )


def test_lists_are_added_to_and_taken_from(board: BoardDouble) -> None:
    assert planned(board, "i-7k2m", "labels+=#slow, auth", "labels-=network") == (
        ChangeSet(subject=LOGIN.id, key="labels", add=("slow",)),
        ChangeSet(subject=LOGIN.id, key="labels", remove=("network",)),
    )


def test_a_whole_list_is_written_as_the_difference(board: BoardDouble) -> None:
    assert planned(board, "i-7k2m", "labels=auth,ui") == (
        ChangeSet(subject=LOGIN.id, key="labels", add=("ui",), remove=("network",)),
    )
    assert planned(board, "i-7k2m", "labels=auth,network") == ()
    assert planned(board, "i-7k2m", "labels=") == (
        ChangeSet(subject=LOGIN.id, key="labels", remove=("auth", "network")),
    )


def test_references_are_made_whole(board: BoardDouble) -> None:
    assert planned(board, "i-7k2m", "epic=e-3f", "depends-on+=#123", "assignee=@Ash") == (
        SetFact(subject=LOGIN.id, key="epic", value="e-3fq9"),
        ChangeSet(subject=LOGIN.id, key="depends_on", add=(MAIL.id,)),
        SetFact(subject=LOGIN.id, key="assignee", value="ash"),
    )


def test_an_empty_value_clears(board: BoardDouble) -> None:
    assert planned(board, "i-7k2m", "assignee=") == (SetFact(subject=LOGIN.id, key="assignee", value=None),)


def test_a_title_may_hold_anything_but_a_line_break(board: BoardDouble) -> None:
    assert planned(board, "i-7k2m", "title=Login: a=b, += works\ntoo") == (
        SetFact(subject=LOGIN.id, key="title", value="Login: a=b, += works too"),
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("prioriti=high", "priority can be set"),
        ("id=i-9999", "title, type, status"),
        ("priority=hihg", 'did you mean high? "hihg" is no priority'),
        ("status=someday", "unassigned, queued, assigned"),
        ("assignee+=ash", "assignee=ash"),
        ("urgent", "key=value"),
    ],
)
def test_a_refusal_begins_with_what_would_work(board: BoardDouble, change: str, said: str) -> None:
    assert said in refusal(board, "i-7k2m", change)


def test_an_epic_is_started_by_its_status(board: BoardDouble) -> None:
    assert planned(board, "e-3fq9", "status=Ready") == (
        SetFact(subject=EPIC.id, key="status", value="ready"),
    )


def test_a_new_issue_has_what_was_said_of_it(board: BoardDouble) -> None:
    request = Request(
        verb=Verb.ISSUE_NEW,
        arguments={
            "title": " Login  times\nout ",
            "type": "Bug",
            "priority": "urgent",
            "labels": ["#auth", "auth"],
            "role": "coder",
            "epic": "e-3f",
            "stage": "Build",
            "depends_on": ["7zzz"],
            "status": "go",
        },
    )
    commands = plan(board.work, request, by(ALICE), draw)
    assert commands == (
        OpenIssue(
            issue=Issue(
                id=EntityId("i-new0"),
                title="Login times out",
                created=NOON,
                type="bug",
                priority=Priority.CRITICAL,
                labels=("auth",),
                role=Role.CODER,
                depends_on=(MAIL.id,),
                epic=EPIC.id,
                stage="Build",
            )
        ),
        MoveIssue(issue=EntityId("i-new0"), to=IssueStatus.QUEUED),
    )
    assert subject_of(commands, request) == "i-new0"


def test_a_new_issue_needs_a_title(board: BoardDouble) -> None:
    with pytest.raises(Rejected, match="needs a title"):
        plan(board.work, Request(verb=Verb.ISSUE_NEW, arguments={"title": " \n"}), by(ALICE), draw)
