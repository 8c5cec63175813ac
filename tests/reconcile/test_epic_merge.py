"""Two clones tick the same box: git merges what the daemon wrote with what a person did, and asks nobody."""

import pytest

from dispatchd.reconcile.document_merge import Winner, merge_documents
from dispatchd.reconcile.link_lines import both_words

HEAD = "---\nid: e-3fq9\ntitle: Login\nstatus: draft\n---\n\n## Stages\n\n### Build\n\n"
PLAIN = f"{HEAD}1. Send\n2. Show\n\n- [ ] Make these 2 issues\n\nGate: approval: Ok?\n"
MADE = f"{HEAD}1. [Send](../issues/i-7k2m-send.md) · queued\n2. [Show](../issues/i-2b9x-show.md) · done\n\nGate: approval: Ok?\n"


def test_a_tick_elsewhere_gives_way_to_the_links_that_were_made_here() -> None:
    ticked = PLAIN.replace("[ ]", "[x]")
    for ours, theirs in ((MADE, ticked), (ticked, MADE)):
        merged = merge_documents(PLAIN, ours, theirs)
        assert merged.conflicts == 0
        assert "1. [Send](../issues/i-7k2m-send.md) · queued\n" in merged.text
        assert "Make these" not in merged.text


def test_another_state_gives_way_to_another_title() -> None:
    done = MADE.replace("· queued", "· in progress")
    retitled = MADE.replace("[Send]", "[Send it]")
    for ours, theirs in ((done, retitled), (retitled, done)):
        merged = merge_documents(MADE, ours, theirs)
        assert merged.conflicts == 0
        assert "[Send it]" in merged.text


def test_what_two_people_wrote_differently_is_left_to_them() -> None:
    merged = merge_documents(PLAIN, PLAIN.replace("Send", "Mail"), PLAIN.replace("Send", "Post"))
    assert merged.conflicts == 1


@pytest.mark.parametrize("winner", [None, Winner.OURS, Winner.THEIRS])
def test_words_that_both_wrote_behind_a_link_stand_on_its_line(winner: Winner | None) -> None:
    nora = MADE.replace("· done", "· done NORA")
    rone = MADE.replace("· done", "· done RONE").replace("· queued", "· queued RONE")
    for ours, theirs in ((nora, rone), (rone, nora)):
        merged = merge_documents(MADE, ours, theirs, winner=winner)
        assert merged.conflicts == 0
        assert "· done NORA RONE\n" in merged.text
        assert "· queued RONE\n" in merged.text
        again = merge_documents(MADE, merged.text, theirs, winner=winner)
        assert again.text == merged.text


def test_a_strike_and_another_number_meet_words_behind_the_same_link() -> None:
    line = "2. [Show](../issues/i-2b9x-show.md) · done"
    struck = MADE.replace(line, "3. ~~[Show](../issues/i-2b9x-show.md) · done~~")
    said = MADE.replace(line, f"{line} — ask Bob")
    for ours, theirs in ((struck, said), (said, struck)):
        merged = merge_documents(MADE, ours, theirs)
        assert merged.conflicts == 0
        assert "3. ~~[Show](../issues/i-2b9x-show.md) · done~~ — ask Bob\n" in merged.text


def test_two_names_of_one_link_are_left_to_their_writers() -> None:
    merged = merge_documents(MADE, MADE.replace("[Send]", "[Mail]"), MADE.replace("[Send]", "[Post]"))
    assert merged.conflicts == 1


@pytest.mark.parametrize(
    ("base", "one", "other", "both"),
    [
        ("", " NORA", " RONE", " NORA RONE"),
        ("", " RONE NORA", " NORA", " RONE NORA"),
        (" — ask Bob", " — ask Bob soon", " — ask Bob, or Ann", " — ask Bob soon — ask Bob, or Ann"),
        (" — ask Bob", " — ask Bob soon", " — ask Bob by mail", " — ask Bob by mail soon"),
        (" — ask Bob", " — ask Ann", " — ask Eve", " — ask Ann — ask Eve"),
        (" — ask Bob", "", " — ask Eve", " — ask Eve"),
        (" — ask Bob", "", " — ask Bob", ""),
        (" — ask Bob ", " — ask Bob", " — ask Bob,", " — ask Bob — ask Bob,"),
    ],
)
def test_of_words_that_both_wrote_none_is_lost(base: str, one: str, other: str, both: str) -> None:
    assert both_words(base, one, other) == both_words(base, other, one) == both
