"""What two people did to one document at the same time: each kind as git leaves it, without asking where it need not."""

import tomllib

from dispatchd.documents.waiting_page import PageItem, WaitingPage, compose_page
from dispatchd.reconcile.document_merge import merge_documents
from tests.properties.merge_cast import CARD, CONFIG, EPIC, ISSUE, PROPOSAL, THREAD

SECOND_GATE = "Gate: review by @alice, @bob: Walk through the demo.\n"


def both(base: str, one: str, other: str, path: str = "") -> str:
    merged = merge_documents(base, one, other, path=path)
    assert merged.conflicts == 0, merged.text
    return merged.text


def test_two_people_vote_each_in_their_own_section() -> None:
    alice = PROPOSAL.replace("- [ ] Approve", "- [x] Approve", 1)
    above, below = PROPOSAL.split("### @bob")
    bob = f"{above}### @bob{below.replace('- [ ] Reject:', '- [x] Reject: too new', 1)}"
    above, below = both(PROPOSAL, alice, bob).split("### @bob")
    assert "- [x] Approve\n- [ ] Reject:\n" in above
    assert "- [ ] Approve\n- [x] Reject: too new\n" in below


def test_votes_of_agents_are_united() -> None:
    rowan, kim = (
        PROPOSAL.replace("to build.\n", f"to build.\n{vote}\n")
        for vote in ("- rowan (security): reject. Memory.", "- kim (test): approve.")
    )
    text = both(PROPOSAL, rowan, kim)
    assert "- rowan (security): reject. Memory.\n" in text
    assert "- kim (test): approve.\n" in text


def test_two_boxes_of_one_gate_are_both_ticked_for_the_daemon_to_answer() -> None:
    text = both(
        EPIC,
        EPIC.replace("- [ ] Approve", "- [x] Approve"),
        EPIC.replace("- [ ] Reject:", "- [x] Reject: early"),
    )
    assert "- [x] Approve\n- [x] Reject: early\n- [ ] Skip:\n" in text


def test_what_was_decided_stands_over_a_tick_that_came_too_late() -> None:
    boxes = "- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:\n"
    stamp = "- [x] Approved (Alice Doe, 2026-11-20 14:02Z)\n"
    text = both(EPIC, EPIC.replace(boxes, stamp), EPIC.replace("- [ ] Approve", "- [x] Approve"))
    assert stamp in text
    assert "- [ ] Skip:" not in text


def test_one_box_with_two_reasons_is_asked_about_and_that_line_alone() -> None:
    merged = merge_documents(
        EPIC,
        EPIC.replace("[ ] Reject:", "[x] Reject: early"),
        EPIC.replace("[ ] Reject:", "[x] Reject: late"),
    )
    assert merged.conflicts == 1
    assert (
        "- [ ] Approve\n<<<<<<< ours\n- [x] Reject: early\n=======\n- [x] Reject: late\n>>>>>>>"
        in merged.text
    )


def test_wanted_issues_of_both_are_in_the_list_and_numbered_on() -> None:
    mail, canary = (
        EPIC.replace("2. Login page\n", f"2. Login page\n3. {item}\n")
        for item in ("Mail", "Canary @coder\n   Watch.")
    )
    text = both(EPIC, mail, canary)
    assert {
        "3. Mail\n4. Canary @coder\n   Watch.\n" in text,
        "3. Canary @coder\n   Watch.\n4. Mail\n" in text,
    } == {
        True,
        False,
    }


def test_stages_that_both_changed_elsewhere_stay_apart() -> None:
    text = both(
        EPIC,
        EPIC.replace("### Design\n", "### Design\n\nA sketch.\n"),
        EPIC.replace(SECOND_GATE, f"{SECOND_GATE}\n### Release\n\n1. Canary\n"),
    )
    assert text.index("A sketch.") < text.index("### Build") < text.index("### Release")


def test_turns_of_both_stand_in_the_order_of_time_and_the_place_to_write_below_them() -> None:
    late, early = (
        THREAD.replace("## Your", f"**{who}**, 2026-11-21 07:{at}Z\n\n> {said}\n\n## Your")
        for who, at, said in (("Bob", 40, "First?"), ("ash", 30, "Nothing."))
    )
    text = both(THREAD, late, early)
    places = [text.index(said) for said in ("What does it cost?", "Nothing.", "First?", "## Your answer")]
    assert places == sorted(places)


def test_activity_of_both_stands_in_the_order_of_time() -> None:
    late, early = (f"{ISSUE}- 2026-11-21 09:{at}Z, **Bob**: Said at {at}.\n" for at in (40, 30))
    text = both(ISSUE, late, early)
    assert text.endswith(
        ": Mine.\n- 2026-11-21 09:30Z, **Bob**: Said at 30.\n- 2026-11-21 09:40Z, **Bob**: Said at 40.\n"
    )


def test_activity_that_begins_on_one_side_stays_below_what_the_other_wrote() -> None:
    bare = ISSUE.partition("## Activity")[0].rstrip("\n") + "\n"
    text = both(bare, ISSUE, f"{bare}\nFrom my phone.\n")
    assert "From my phone.\n\n## Activity\n\n- 2026-11-21 07:20Z" in text


def test_an_agents_card_takes_a_fact_and_a_line_of_prose() -> None:
    text = both(CARD, CARD.replace("paused: false", "paused: true"), CARD.replace("short", "very short"))
    assert "paused: true\n" in text
    assert "very short" in text


def test_settings_are_merged_key_by_key_and_addresses_united() -> None:
    one = CONFIG.replace(
        '"alice@example.com"]', '"alice@example.com", "al@work.example"]\nbob = ["bob@example.com"]'
    )
    other = CONFIG.replace('"alice@example.com"]', '"alice@example.com", "al@home.example"]').replace(
        "30s", "10s"
    )
    read = tomllib.loads(both(CONFIG, one, other, "config.toml"))
    assert sorted(read["people"]["alice"]) == ["al@home.example", "al@work.example", "alice@example.com"]
    assert read["people"]["bob"] == ["bob@example.com"]
    assert read["workspace"]["start_after"] == "10s"


def test_a_setting_that_both_changed_has_markers_around_it_alone() -> None:
    merged = merge_documents(
        CONFIG, CONFIG.replace("= 20", "= 30"), CONFIG.replace("= 20", "= 40"), path="config.toml"
    )
    assert merged.conflicts == 1
    assert merged.text.endswith(
        "[budget]\n<<<<<<< ours\nday_usd = 30\n=======\nday_usd = 40\n>>>>>>> theirs\n"
    )


def test_a_table_that_both_brought_is_one() -> None:
    one, other = (f"{CONFIG}\n[agents]\n{line}\n" for line in ("max_running = 4", 'engine = "claude"'))
    assert tomllib.loads(both(CONFIG, one, other, "config.toml"))["agents"] == {
        "max_running": 4,
        "engine": "claude",
    }


def test_a_setting_one_took_away_and_the_other_changed_stays_changed() -> None:
    gone = CONFIG.replace("day_usd = 20\n", "")
    changed = CONFIG.replace("= 20", "= 40")
    for sides in ((gone, changed), (changed, gone)):
        assert "day_usd = 40" in both(CONFIG, *sides, "config.toml")


def test_of_a_page_that_home_writes_the_one_nobody_has_written_in_is_taken() -> None:
    pages = [
        compose_page(WaitingPage(items=(PageItem(section="Gates", heading=name, ids=("e-3fq9",)),)))
        for name in ("Old", "New")
    ]
    ticked = pages[0].replace("### Old", "### Old\n\nI wrote this.")
    for sides in ((ticked, pages[1]), (pages[1], ticked)):
        assert both(pages[0], *sides, "WAITING.md") == pages[1]


def test_neighbouring_lines_of_prose_are_no_contradiction() -> None:
    base = ISSUE.replace("gives up.\n", "gives up.\nAlways.\n")
    text = both(base, base.replace("gives up.", "dies."), base.replace("Always.", "Often."))
    assert "The form dies.\nOften.\n" in text


def test_another_hands_line_ends_are_no_contradiction() -> None:
    text = both(ISSUE, ISSUE.replace("\n", "\r\n"), ISSUE.replace("gives up", "waits"))
    assert "The form waits.\r\n" in text
