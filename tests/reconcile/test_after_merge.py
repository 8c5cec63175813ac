"""What in a merge is its maker's: a tick, a line, a side taken; not what git did to lines."""

from dispatchd.reconcile.after_merge import begun_as
from tests.properties.merge_cast import ISSUE, PROPOSAL


def test_a_tick_that_the_maker_of_a_merge_put_in_is_theirs_though_another_section_has_the_same() -> None:
    one = PROPOSAL.replace("- [ ] Approve", "- [x] Approve", 1)
    other = PROPOSAL.replace("Why.", "Why not?")
    both = one.replace("Why.", "Why not?")
    made = both.replace("- [ ] Approve", "- [x] Approve", 1)
    assert begun_as(PROPOSAL, one, other, made) == both


def test_a_key_written_twice_is_nobodys() -> None:
    one = ISSUE.replace("priority: high", "role: coder\npriority: high")
    other = ISSUE.replace("labels:", "role: coder\nlabels:")
    made = one.replace("labels:", "role: coder\nlabels:")
    assert begun_as(ISSUE, one, other, made) == made


def test_the_side_that_was_taken_shows_against_the_other() -> None:
    one, other = (ISSUE.replace("priority: high", f"priority: {fact}") for fact in ("low", "critical"))
    assert begun_as(ISSUE, one, other, one) == other
    assert begun_as(ISSUE, one, other, other) == one


def test_what_neither_side_said_shows_against_what_comes_of_both() -> None:
    one, other = ISSUE.replace("gives up", "dies"), ISSUE.replace("wait.", "wait longer.")
    both = one.replace("wait.", "wait longer.")
    made = both.replace("status: queued", "status: done").replace("says so", "says so loudly")
    assert begun_as(ISSUE, one, other, made) == both
