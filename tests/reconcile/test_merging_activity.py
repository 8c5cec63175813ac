"""Where two clones both wrote below an issue's activity, git keeps what both said and leaves no markers."""

from dispatchd.reconcile.document_merge import merge_documents

HEAD = "---\nid: i-7k2m\ntitle: Login\nstatus: queued\n---\n\nText.\n"
ASKED = "\n## Activity\n\n- 2026-11-21 07:20Z: ash asks: [Which?](../inbox/t-4kq2.md)\n"
SIGNED = "- 2026-11-21 07:25Z, **Alice Doe**: Mine.\n"


def test_both_comments_are_kept() -> None:
    base = HEAD + ASKED
    merged = merge_documents(base, base + SIGNED, base + "\nFrom my phone.\n")
    assert merged.conflicts == 0
    assert merged.text.endswith(ASKED + SIGNED + "\nFrom my phone.\n")


def test_what_both_say_is_said_once() -> None:
    base = HEAD + ASKED
    merged = merge_documents(base, base + SIGNED + "Ours.\n", base + SIGNED + "\nTheirs.\n")
    assert merged.conflicts == 0
    assert merged.text.count("Mine.") == 1
    assert merged.text.endswith(("Ours.\n\nTheirs.\n", "Theirs.\n\nOurs.\n"))


def test_elsewhere_two_additions_at_one_place_are_a_question() -> None:
    merged = merge_documents(HEAD, HEAD + "Ours.\n", HEAD + "Theirs.\n")
    assert merged.conflicts == 1
    changed = HEAD + ASKED
    other = changed.replace("Which?", "What?"), changed.replace("Which?", "How?")
    assert merge_documents(changed, *other).conflicts == 1
