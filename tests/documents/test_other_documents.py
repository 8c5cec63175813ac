"""Agent cards, decisions and the screen."""

from dataclasses import replace

import pytest

from dispatchd.documents.agent_document import (
    agent_facts,
    compose_agent,
    fact_values,
    parse_agent,
    render_agent,
)
from dispatchd.documents.agent_document import person_part as agent_part
from dispatchd.documents.annotations import Annotation, KeyAnchor
from dispatchd.documents.decision_document import (
    compose_decision,
    decision_facts,
    parse_decision,
    render_decision,
)
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.shown_text import escaped, unescaped, visible
from dispatchd.documents.status_document import (
    LINES_EACH,
    DocumentLink,
    HeldItem,
    NextItem,
    RunningItem,
    StatusView,
    WaitingItem,
    render_status,
)
from dispatchd.domain.decision import Decision, DecisionKind
from dispatchd.domain.identifiers import DocumentPath, EntityId
from tests.documents.document_cast import AGENT, AGENT_TEXT, MORNING, body_of, changed_lines

DECISION = Decision(
    id=EntityId("d-5m2x"),
    title="Use argon2id",
    kind=DecisionKind.VOTE,
    subject=EntityId("p-9xw4"),
    outcome="passed",
    by=("@alice", "ash"),
    at=MORNING,
    question="Which hash?",
    tally=("ash (coder): approve. Fastest.", "@alice: approve"),
    consequences=("Nothing was run.",),
)
LOGIN = DocumentLink(title="Login times out", path=DocumentPath("issues/login timeout.md"))


def test_the_example_card_reads_and_renders_to_itself() -> None:
    document = parse_agent(AGENT_TEXT)
    assert agent_facts(document) == {key: value for key, value in fact_values(AGENT).items() if value}
    assert document.instructions.startswith("What this agent should know")
    assert render_agent(AGENT, AGENT_TEXT) == AGENT_TEXT
    assert compose_agent(AGENT, document.instructions) == AGENT_TEXT


def test_a_paused_agent_changes_one_line_and_yes_says_true() -> None:
    paused = replace(AGENT, paused=True)
    rendered = render_agent(paused, AGENT_TEXT)
    assert [line for line in changed_lines(AGENT_TEXT, rendered) if line != "+ rev"] == [
        "- paused: false",
        "+ paused: true",
    ]
    said = AGENT_TEXT.replace("paused: false", "paused: yes")
    assert render_agent(paused, said) == said


def test_a_note_on_a_card_is_no_part_of_what_the_agent_should_know() -> None:
    noted = render_agent(AGENT, AGENT_TEXT, [Annotation(anchor=KeyAnchor(key="rev"), message="hm")])
    assert "> dispatchd: hm" in noted
    assert agent_part(noted) == agent_part(AGENT_TEXT)


def test_a_decision_says_what_was_asked_who_was_for_what_and_what_followed() -> None:
    text = compose_decision(DECISION)
    assert body_of(text) == (
        "\n# Use argon2id\n\nWhich hash?\n\n**Passed**, by @alice and ash.\n\n"
        "## Tally\n\n- ash (coder): approve. Fastest.\n- @alice: approve\n\n"
        "## What followed\n\n- Nothing was run.\n"
    )
    facts = decision_facts(parse_decision(text))
    assert facts["by"] == ("@alice", "ash")
    assert facts["at"] == "2026-11-21T07:20:00Z"


def test_an_edited_decision_is_put_back_and_an_untouched_one_left() -> None:
    whole = render_decision(DECISION, "")
    assert render_decision(DECISION, whole) == whole
    assert render_decision(DECISION, whole.replace("Nothing was run", "Everything was run")) == whole
    assert body_of(
        render_decision(DECISION, whole.replace("outcome: passed", "outcome: rejected"))
    ) == body_of(whole)
    spaced = whole.replace("\n\n##", "\n\n\n##")
    assert render_decision(DECISION, spaced) == spaced


def test_an_empty_workspace_is_taught_the_four_acts() -> None:
    text = render_status(StatusView(daemon="The daemon runs."))
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Drop a file",
        "## Change a line",
        "## Tick a box",
        "## Answer a question",
    ]
    assert len(text.splitlines()) <= 40


def test_the_screen_shows_what_waits_first_and_counts_what_does_not_fit() -> None:
    view = StatusView(
        daemon="The daemon runs.",
        counts=("3 done",),
        waiting=tuple(
            WaitingItem(document=LOGIN, what="question from ash", since=MORNING) for _ in range(20)
        ),
        running=(RunningItem(document=LOGIN, who="ash", since=MORNING),),
        held=(HeldItem(document=LOGIN, waits_on=(LOGIN, LOGIN), why="paused"),),
        problems=(
            DocumentProblem(path=DocumentPath("issues/a.md"), line=3, what="No state", hint="Write one"),
        ),
    )
    lines = render_status(view).splitlines()
    assert lines[:5] == ["# Status", "", "The daemon runs. 3 done.", "", "## Waits for you"]
    link = "[Login times out](issues/login%20timeout.md)"
    assert lines[6] == f"- {link} · question from ash, since 2026-11-21 07:20Z"
    assert lines[5 + LINES_EACH] == f"- and {20 - LINES_EACH + 1} more: `dispatchd waiting`"
    assert f"- {link} · after {link} and {link}, paused" in lines
    assert lines[-1] == "- [issues/a.md:3](issues/a.md) No state. Write one"


def test_however_much_there_is_the_page_stays_a_screen_and_says_which_command_lists_the_rest() -> None:
    many = range(1000)
    view = StatusView(
        daemon="The daemon runs.",
        waiting=tuple(WaitingItem(document=LOGIN, what="question from ash") for _ in many),
        running=tuple(RunningItem(document=LOGIN, who="ash") for _ in many),
        next=tuple(NextItem(document=LOGIN, priority="high") for _ in many),
        held=tuple(HeldItem(document=LOGIN, waits_on=(LOGIN,) * 1000) for _ in many),
        problems=tuple(DocumentProblem(path=DocumentPath("issues/a.md"), line=3, what="No") for _ in many),
    )
    text = render_status(view)
    assert len(text.splitlines()) <= 5 * (LINES_EACH + 4)
    assert max(map(len, text.splitlines())) < 250
    assert [line for line in text.splitlines() if " more: " in line] == [
        "- and 993 more: `dispatchd waiting`",
        "- and more: `dispatchd issue list --status in_progress`",
        "- and more: `dispatchd issue list --ready`",
        "- and more: `dispatchd issue list --waiting`",
        "- and 993 more: `dispatchd check`",
    ]
    assert "issues/login%20timeout.md) and 997 more" in text


@pytest.mark.parametrize(
    "character", ["\x1b", "\x07", "\x9b", "\u202e", "\u200b", "\ufeff", "\x00", "\u2028"]
)
def test_control_characters_are_shown_and_not_sent(character: str) -> None:
    link = DocumentLink(title=f"a{character}b", path=DocumentPath("issues/a.md"))
    text = render_status(StatusView(daemon="x", waiting=(WaitingItem(document=link, what=f"{character}"),)))
    assert character not in text
    assert character not in visible(f"x{character}y")


@pytest.mark.parametrize(
    "title", ["a_b", "*x*", "_y_", "[l](u)", "`c`", "<b>", "a\\_b", "1. x", "&amp;", "~~s~~"]
)
def test_an_escaped_title_shows_the_title(title: str) -> None:
    assert unescaped(escaped(title)) == title


def test_a_decision_does_not_repeat_its_title_as_its_question() -> None:
    text = compose_decision(replace(DECISION, question=DECISION.title))
    assert text.count(f"\n{DECISION.title}\n") == 0
    assert f"# {DECISION.title}\n\n**" in text
