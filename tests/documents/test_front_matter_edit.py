import pytest

from dispatchd.documents.digest import revision
from dispatchd.documents.front_matter import KeySchema, read_front_matter
from dispatchd.documents.front_matter_edit import (
    REMOVED,
    Changes,
    edit_front_matter,
    replace_unknown,
    rev_of,
    stamp_rev,
    without_notes,
)

ORDER = (
    "id", "title", "type", "status", "priority", "labels", "role", "assignee", "parent", "epic", "stage",
    "depends_on", "source", "created",
)  # fmt: skip
SCHEMA = KeySchema.of(
    text=["title"],
    scalar=[key for key in ORDER if key not in ("title", "labels", "depends_on")],
    lists=["labels", "depends_on"],
)


def edit(text: str, changes: Changes, notes: dict[str, str | None] | None = None) -> str:
    return edit_front_matter(text, changes, order=ORDER, notes=notes, rev=False)


def head(*lines: str) -> str:
    return "".join(f"{line}\n" for line in ("---", *lines, "---"))


def test_a_text_without_front_matter_gets_one_above_it() -> None:
    edited = edit("Login times out", {"status": "unassigned", "title": "Login: times out", "id": "i-7k2m"})
    assert (
        edited == head("id: i-7k2m", 'title: "Login: times out"', "status: unassigned") + "\nLogin times out"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "---\nid: x\n---\n"),
        ("\nText\n", "---\nid: x\n---\n\nText\n"),
        ("a\r\nb\r\n", "---\r\nid: x\r\n---\r\n\r\na\r\nb\r\n"),
        ("\ufeffText", "\ufeff---\nid: x\n---\n\nText"),
        ("---\n\nprose\n\n---\n", "---\nid: x\n---\n\n---\n\nprose\n\n---\n"),
        ("---\n---\nbody\n", "---\nid: x\n---\nbody\n"),
    ],
)
def test_057_what_stands_below_is_kept_byte_for_byte(text: str, expected: str) -> None:
    edited = edit(text, {"id": "x"})
    assert edited == expected
    assert edit(edited, {"id": "x"}) == edited


def test_nothing_to_change_changes_nothing() -> None:
    text = "---\nTitle : 'x'  \nlabels: b,a\n\n# c\n---\n"
    assert edit_front_matter(text, {}, order=ORDER) == text
    assert edit_front_matter(text, {"title": "x", "labels": ("a", "b")}, order=ORDER) == text
    assert edit_front_matter("text", {}, order=ORDER) == "text"
    assert edit_front_matter("text", {"id": REMOVED}, order=ORDER) == "text"


@pytest.mark.parametrize(
    ("line", "changes", "expected"),
    [
        ("status: queued", {"status": "done"}, "status: done"),
        ("status: queued # mine", {"status": "done"}, "status: done # mine"),
        ("status:   queued   # mine  ", {"status": "done"}, "status:   done   # mine"),
        ("Status : queued", {"status": "done"}, "Status : done"),
        ("status:queued", {"status": "done"}, "status: done"),
        ("status:\tqueued\t# tab", {"status": "done"}, "status:\tdone\t# tab"),
        ("status: 'queued'", {"status": "done"}, "status: 'done'"),
        ('"status": "queued" # c', {"status": "done"}, '"status": "done" # c'),
        ("status:", {"status": "done"}, "status: done"),
        ("status: # later", {"status": "done"}, "status: done # later"),
        ("status: queued # c", {"status": None}, "status: # c"),
        ("status: queued", {"status": None}, "status:"),
        ("status: queued # dispatchd: kept it", {"status": "done"}, "status: done"),
        ("status: queued # a # dispatchd: kept it", {"status": "done"}, "status: done # a"),
        ("title: Fix # 12", {"title": "Fix # 13"}, 'title: "Fix # 13"'),
        ("title: 'It''s'", {"title": "That's"}, "title: 'That''s'"),
        ('title: "x"', {"title": 'say "y"'}, 'title: "say \\"y\\""'),
        ("title: x", {"title": 'say "y": z'}, "title: 'say \"y\": z'"),
        ("title: x", {"title": "1.10"}, 'title: "1.10"'),
        ("title: x", {"title": "no"}, 'title: "no"'),
        ("title: x", {"title": "a\nb"}, 'title: "a\\nb"'),
        ("title: x", {"title": "trailing:"}, 'title: "trailing:"'),
        ("title: x", {"title": "plain: "}, 'title: "plain: "'),
        ("created: 2026-01-01", {"created": "2026-11-21T07:12:00Z"}, "created: 2026-11-21T07:12:00Z"),
        ("assignee: ash", {"assignee": "@kim"}, 'assignee: "@kim"'),
        ("assignee: ash", {"assignee": "null"}, 'assignee: "null"'),
        ("labels: a, @b", {"labels": ("a", "@b", "c")}, 'labels: [a, "@b", c]'),
        ("labels: ['a', b] # c", {"labels": ("a", "b", "x, y")}, "labels: ['a', b, 'x, y'] # c"),
        ("labels: [ a, b ]", {"labels": ("b",)}, "labels: [ b ]"),
        ("labels: [a]", {"labels": ()}, "labels: []"),
        ("labels: [#1, a]", {"labels": ("#1", "b")}, 'labels: ["#1", b]'),
        ("labels:", {"labels": ("a",)}, "labels: [a]"),
        ("labels: 'a'", {"labels": ("a", "no")}, 'labels: [a, "no"]'),
    ],
)
def test_only_the_value_on_a_line_changes(line: str, changes: Changes, expected: str) -> None:
    for newline in ("\n", "\r\n"):
        text = f"---\nmine: 1 # x\r\n{line}{newline}# end\n---\nstatus: body\n"
        assert edit(text, changes) == text.replace(f"{line}{newline}", f"{expected}{newline}")


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ("labels:\n  - 'a' # one\n  # between\n  - b", {"labels": ("a", "c")}, "labels:\n  - 'a' # one\n  # between\n  - 'c'"),
        ("labels:\n- a\n- b\n", {"labels": ("b", "@c")}, 'labels:\n- b\n- "@c"\n'),
        ("labels:\n  -   a", {"labels": ("a", "b")}, "labels:\n  -   a\n  -   b"),
        ("labels:\n  - a\n  - >-\n    two\n    words\n  - b", {"labels": ("two words",)}, "labels:\n  - >-\n    two\n    words"),
        ("labels: # c\n  - a", {"labels": ()}, "labels: [] # c"),
        ("labels: [a, # one\n  b]", {"labels": ("a", "b", "c")}, "labels: [a, b, c] # one"),
        ("labels: [a,\n  b, # two\n  c]", {"labels": ("a", "b")}, "labels: [a, b]\n  # two"),
        ("title: >-\n  folded\n  # no comment\n  title", {"title": "one"}, "title: one"),
        ("title: one\n  two", {"title": "three"}, "title: three"),
        ("assignee:\n  # why\n  - '@ash'", {"assignee": "kim"}, "assignee: kim\n  # why"),
        ("status: a\nStatus: b", {"status": "c"}, "status: c\nStatus: c"),
        ("status: a\ntype: b", {"status": REMOVED}, "type: b"),
        ("# dispatchd: x\nlabels:\n  - a\ntype: b", {"labels": REMOVED}, "type: b"),
    ],
)  # fmt: skip
def test_values_over_several_lines_lose_only_what_goes(before: str, changes: Changes, after: str) -> None:
    assert edit(head(*before.split("\n")), changes) == head(*after.split("\n"))


def test_the_comment_inside_a_list_in_brackets_is_kept() -> None:
    text = head("labels: [", "  # why a", "  a,", "]")
    assert edit(text, {"labels": ("b",)}) == head("labels: [b]", "  # why a")


@pytest.mark.parametrize(
    ("present", "key", "expected"),
    [
        (["title: x", "mine: y"], "id", ["id: v", "title: x", "mine: y"]),
        (["id: x", "mine: y", "status: z"], "title", ["id: x", "title: v", "mine: y", "status: z"]),
        (["status: z", "mine: y"], "created", ["status: z", "created: v", "mine: y"]),
        (["mine: y"], "title", ["title: v", "mine: y"]),
        (["mine: y"], "other", ["mine: y", "other: v"]),
        (["# top", "status: z"], "id", ["id: v", "# top", "status: z"]),
        (["# top", "", "status: z"], "id", ["# top", "", "id: v", "status: z"]),
        (["labels:", "  - a", "  # b", "", "mine: y"], "assignee", ["labels:", "  - a", "  # b", "assignee: v", "", "mine: y"]),
        (["id: x", "rev: r00000000", "mine: y"], "zzz", ["id: x", "rev: r00000000", "mine: y", "zzz: v"]),
    ],
)  # fmt: skip
def test_a_missing_key_comes_where_the_order_has_it(
    present: list[str], key: str, expected: list[str]
) -> None:
    assert edit(head(*present), {key: "v"}) == head(*expected)


def test_several_missing_keys_come_in_their_order() -> None:
    edited = edit(
        head("priority: high"),
        {"status": "queued", "created": "c", "id": "x", "labels": ("a",), "title": "t"},
    )
    assert edited == head(
        "id: x", "title: t", "status: queued", "priority: high", "labels: [a]", "created: c"
    )


def test_a_note_stands_behind_the_value_and_its_comment() -> None:
    text = head("status: queued # mine")
    noted = edit(text, {}, {"status": 'kept "queued";\n"x" is  no state'})
    assert noted == head('status: queued # mine # dispatchd: kept "queued"; "x" is no state')
    assert edit(noted, {}, {"status": "other"}) == head("status: queued # mine # dispatchd: other")
    assert edit(noted, {}, {"status": None}) == text
    assert edit(noted, {}, {}) == noted
    assert edit(noted, {}, {"status": 'kept "queued"; "x" is no state'}) == noted
    assert without_notes(noted) == text


@pytest.mark.parametrize(
    "line", ["title: Fix # 1", 'title: "x" # c', "status:", "labels: a, b", "status: # c", "x: 'y'"]
)
def test_a_note_comes_and_goes_without_a_trace(line: str) -> None:
    key = line.partition(":")[0]
    text = head("id: i-7k2m", line, "mine: z")
    noted = edit(text, {}, {key: "why"})
    assert noted.count("# dispatchd: why\n") == 1
    assert edit(noted, {}, {key: None}) == text
    assert without_notes(noted) == text
    before, after = read_front_matter(text, SCHEMA), read_front_matter(noted, SCHEMA)
    assert {k: e.value for k, e in before.entries.items()} == {k: e.value for k, e in after.entries.items()}
    assert before.unknown == after.unknown


def test_a_note_stands_above_a_value_of_several_lines() -> None:
    text = head("id: x", "labels:", "  - a", "  - b", "mine: z")
    noted = edit(text, {}, {"labels": "no"})
    assert noted == head("id: x", "# dispatchd: no", "labels:", "  - a", "  - b", "mine: z")
    assert edit(noted, {}, {"labels": "no"}) == noted
    assert edit(noted, {}, {"labels": "again"}) == noted.replace("no\n", "again\n")
    assert edit(noted, {"labels": ("a",)}) == head("id: x", "labels:", "  - a", "mine: z")
    assert without_notes(noted) == text


def test_a_note_on_an_item_goes_with_the_rest() -> None:
    text = head("labels:", "  - a # mine # dispatchd: no", "  - 'b # dispatchd: text'", "  # dispatchd: x")
    assert without_notes(text) == head("labels:", "  - a # mine", "  - 'b # dispatchd: text'")


def test_without_notes_cuts_those_of_the_body_too_but_none_in_code() -> None:
    text = head("id: x") + "- [ ] Reject:\n  > dispatchd: needs a reason\n\n```\n> dispatchd: text\n```\n"
    assert without_notes(text) == head("id: x") + "- [ ] Reject:\n\n```\n> dispatchd: text\n```\n"
    assert without_notes("a\n> dispatchd: b\n") == "a\n"


def test_a_note_for_a_key_that_is_not_there_says_nothing() -> None:
    assert edit(head("id: x"), {}, {"status": "why"}) == head("id: x")


def test_a_note_comes_with_a_new_key() -> None:
    assert edit(head("id: x"), {"status": "y"}, {"status": "w"}) == head("id: x", "status: y # dispatchd: w")
    assert edit("t", {"status": "y"}, {"status": "w"}) == head("status: y # dispatchd: w") + "\nt"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_rev_is_the_digest_of_the_text_and_its_last_line(newline: str) -> None:
    text = (
        head("id: x", "rev: r12345678 # keep me", "mine: y", "# end").replace("\n", newline)
        + f"rev: body{newline}"
    )
    stamped = edit_front_matter(text, {"status": "queued"}, order=ORDER)
    rev = rev_of(stamped)
    assert rev is not None
    assert rev == revision(stamped.encode())
    assert stamped == newline.join(
        [
            "---",
            "id: x",
            "status: queued",
            "mine: y",
            "# end",
            f"rev: {rev} # keep me",
            "---",
            "rev: body",
            "",
        ]
    )
    assert stamp_rev(stamped) == stamped
    assert edit_front_matter(stamped, {"status": "queued"}, order=ORDER) == stamped


def test_rev_of_a_text_that_has_none_and_of_one_whose_body_has_one() -> None:
    assert rev_of("rev: x\n") is None
    assert rev_of(head("id: x")) is None
    assert stamp_rev("text") == "text"
    stamped = stamp_rev(head("id: x") + "rev: body\n")
    assert rev_of(stamped) == revision(stamped.encode())


def test_two_revs_become_one() -> None:
    stamped = stamp_rev(head("rev: a", "id: x", "Rev: b"))
    assert stamped == head("id: x", f"rev: {revision(stamped.encode())}")


def test_a_users_own_key_is_put_and_taken_with_its_comments() -> None:
    text = head("id: x", "customer: a # c", "rev: r00000000")
    assert replace_unknown(text, "customer", "customer:\n  - b # d\n") == head(
        "id: x", "customer:", "  - b # d", "rev: r00000000"
    )
    assert replace_unknown(text, "customer", None) == head("id: x", "rev: r00000000")
    assert replace_unknown(text, "other", "other: y") == head(
        "id: x", "customer: a # c", "other: y", "rev: r00000000"
    )
    assert replace_unknown("body", "other", "other: y\n") == head("other: y") + "\nbody"
    assert replace_unknown("body", "other", None) == "body"


def test_a_parked_text_is_never_edited() -> None:
    parked = "---\nid: i-7k2m\ntitle: x\nprose\n---\n"
    with pytest.raises(ValueError, match="parked"):
        edit(parked, {"title": "y"})
    assert without_notes(parked) == parked
    assert rev_of(parked) is None
