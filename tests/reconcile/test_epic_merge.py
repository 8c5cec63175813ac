"""Two clones tick the same box: git merges what the daemon wrote with what a person did, and asks nobody."""

from dispatchd.reconcile.document_merge import merge_documents

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
