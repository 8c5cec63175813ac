"""What stands between the marks of a merge is what each side wrote, votes too."""

from dispatchd.reconcile.document_merge import merge_documents

HEAD = "---\nid: p-9xw4\ntitle: Use argon2id\nstatus: open\n---\nText.\n\n## Votes\n\n### @alice\n\n"
BOXES = "- [ ] Approve\n- [ ] Reject:\n- [ ] Abstain\n- [ ] More info:\n"


def test_a_vote_that_home_has_closed_and_one_that_a_clone_has_ticked_both_stand_as_they_were_written() -> (
    None
):
    base = HEAD + BOXES
    home = HEAD + "- [x] Reject: home says no\n"
    clone = base.replace("- [ ] Approve", "- [x] Approve")
    for ours, theirs in ((home, clone), (clone, home)):
        merged = merge_documents(base, ours, theirs)
        assert merged.conflicts == 1
        upper, lower = merged.text.split("=======\n")
        mine, other = (upper, lower) if ours is home else (lower, upper)
        assert "- [x] Reject: home says no\n" in mine
        assert "- [x] Approve\n" in other
