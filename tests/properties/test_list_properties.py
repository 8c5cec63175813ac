"""Lists of epics: nothing is made twice, whatever comes back; and no line of a person's is touched."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatchd.documents.epic_document import parse_epic, render_epic
from dispatchd.documents.epic_list_surgery import IssueLink, Lister, Listing
from dispatchd.documents.epic_lists import StageList
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.identifiers import EntityId
from tests.application.invariants import check_all
from tests.application.list_cast import EPIC, made
from tests.application.world import World

TITLES = st.lists(st.sampled_from(("Send", "Show", "send", "Log out")), min_size=1, max_size=4)
HEAD = "---\nid: e-3fq9\ntitle: Login\nstatus: draft\n---\n\n## Stages\n\n### Build\n\n"


@st.composite
def came_back(draw: st.DrawFn) -> list[str]:
    """What happens once the box was ticked: texts that come back, a tick on them, starts and time."""
    return draw(
        st.lists(st.sampled_from(("before", "ticked", "lost rev", "restart", "commit", "wait")), max_size=6)
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(titles=TITLES, numbered=st.booleans(), after=came_back())
def test_each_item_is_made_once_whatever_comes_back(
    titles: list[str], numbered: bool, after: list[str]
) -> None:
    world = World()
    lines = [f"{place}. {title}" if numbered else f"- {title}" for place, title in enumerate(titles, 1)]
    world.save(EPIC, HEAD + "\n".join(lines) + "\n\nGate: approval: Ok?\n")
    world.settle()
    before = world.read(EPIC)
    ticked = before.replace("- [ ] Make", "- [x] Make")
    world.save(EPIC, ticked)
    world.settle()
    for step in after:
        match step:
            case "before":
                world.save(EPIC, before)
            case "ticked":
                world.save(EPIC, ticked)
            case "lost rev":
                world.save(
                    EPIC, "".join(line for line in ticked.splitlines(True) if not line.startswith("rev"))
                )
            case "restart":
                world.restart()
            case "commit":
                world.settle()
                world.commit({EPIC: ticked})
            case _:
                world.advance(3.0)
    world.settle()
    opened = [event.issue for event in world.happened("IssueOpened")]
    assert sorted(issue.title for issue in opened) == sorted(titles)
    assert len({issue.id for issue in opened}) == len(titles)
    assert all(f"[{title}](" in world.read(EPIC) for title in made(world))
    check_all(world)
    world.store.remove()


LINES = st.sampled_from(
    (
        "words of a person",
        "1. Send",
        "2. Show @coder",
        "- Send",
        "* Show",
        "   text under it",
        "- [ ] Make these 3 issues",
        "- [x] a box of a person",
        "> - quoted",
        "- ~~struck~~",
        "1. [Send](../issues/i-7k2m-send.md) · queued — ask Bob",
        "- [elsewhere](https://example.com)",
        "#### A heading",
        "Gate: approval: Ok?",
        "",
        "",
    )
)


def _knows_send(lists: Sequence[tuple[Stage, StageList]]) -> Sequence[Listing]:
    link = IssueLink(title="Send", href="../issues/i-7k2m-send.md", state="done")
    return [
        Listing(
            links={item.block.first: link for item in each.items if item.title == "Send"},
            wanted=sum(item.title != "Send" for item in each.wanted),
        )
        for _, each in lists
    ]


@given(lines=st.lists(LINES, max_size=14), newline=st.sampled_from(("\n", "\r\n")), ends=st.booleans())
def test_no_line_of_a_person_is_touched(lines: list[str], newline: str, ends: bool) -> None:
    text = HEAD.replace("\n", newline) + newline.join(lines) + newline * ends
    document = parse_epic(text)
    epic = Epic(
        id=EntityId("e-3fq9"),
        title="Login",
        created=datetime(2026, 11, 21, tzinfo=UTC),
        stages=tuple(Stage(plan=plan) for plan in document.plans),
    )
    knows: Lister = _knows_send
    after = render_epic(epic, text, (), knows)
    assert _foreign(after) == _foreign(text)
    assert render_epic(epic, after, (), knows) == after


def _foreign(text: str) -> list[str]:
    """The lines that say neither an issue nor that the daemon offers something, nor nothing."""
    ours = ("Send", "Make th", "rev: ")
    return [line for line in text.splitlines() if line.strip() and not any(word in line for word in ours)]
