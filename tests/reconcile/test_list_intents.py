"""What a save did to links, read by the issues they lead to."""

from dispatchd.documents.epic_document import parse_epic
from dispatchd.documents.epic_lists import id_in
from dispatchd.documents.markdown_outline import outline
from dispatchd.domain.command import MoveIssue, SetFact
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.reconcile.intents import Act, Intent, Refusal
from dispatchd.reconcile.list_intents import ListEdit, list_intents
from dispatchd.reconcile.list_items import Placing
from tests.fakes.fake_board import NOON, FakeBoard
from tests.fakes.fake_workspace import EPIC, open_epic, open_issue, plan, workspace

HEAD = "## Stages\n\n### Build\n\n"
SEND, SHOW = EntityId("i-aaaa"), EntityId("i-bbbb")
LISTED = f"{HEAD}1. [{SEND}](../issues/i-aaaa-x.md) · queued\n2. [{SHOW}](../issues/i-bbbb-x.md) · queued\n"


def board() -> FakeBoard:
    made = workspace()
    open_epic(made, plan("Build"))
    open_issue(made, SEND, "Build", assignee="ash")
    open_issue(made, SHOW, "Build")
    return made


def intents(on: FakeBoard, before: str, after: str, *held: str) -> tuple[Intent, ...]:
    def find(target: str) -> EntityId | None:
        named = id_in(target)
        return EntityId(named) if named else None

    disk = parse_epic(after)
    return list_intents(
        ListEdit(
            placing=Placing(board=on, epic=EPIC, find=find, id_length=4),
            base=parse_epic(before),
            disk=disk,
            merged=disk,
            shape=outline(after, 0),
            renamed={},
            held=held,
            at=NOON,
        )
    )


def test_a_line_that_only_reads_otherwise_asks_for_nothing() -> None:
    after = (
        LISTED.replace("1. ", "* ").replace("2. ", "* ").replace("· queued", "").replace("x.md", "other.md")
    )
    asked = intents(board(), LISTED.replace("1. ", "- ").replace("2. ", "- "), after)
    assert asked == ()


def test_a_line_whose_issue_is_still_spoken_of_is_not_deleted() -> None:
    after = LISTED.replace(LISTED.splitlines(keepends=True)[-1], "2. what i-bbbb was about\n")
    assert not [
        each for each in intents(board(), LISTED, after) if isinstance(each, Act) and is_leaving(each)
    ]


def is_leaving(act: Act) -> bool:
    return isinstance(act.command, SetFact) and act.command.key == "stage" and act.command.value is None


def test_a_line_that_is_gone_takes_its_issue_out_of_the_stage() -> None:
    (leaving, *_) = intents(board(), LISTED, LISTED.replace(LISTED.splitlines(keepends=True)[-1], ""))
    assert isinstance(leaving, Act)
    assert leaving.command == SetFact(subject=SHOW, key="stage", value=None)


def test_what_an_agent_works_on_does_not_leave_but_is_cancelled_like_any_other() -> None:
    on = board()
    on.worked_on.add(SEND)
    line = LISTED.splitlines(keepends=True)[-2]
    refused = intents(on, LISTED, LISTED.replace(line, ""))[0]
    assert isinstance(refused, Refusal)
    assert refused.why.startswith("put back; i-aaaa can go when ash")
    again = intents(on, LISTED.replace(line, ""), LISTED.replace(line, ""), refused.anchor)
    assert refused in again
    struck = intents(on, LISTED, LISTED.replace(line, f"1. ~~{line.strip()[3:]}~~\n"))[0]
    assert isinstance(struck, Act)
    assert struck.command == MoveIssue(issue=SEND, to=IssueStatus.CANCELLED)
