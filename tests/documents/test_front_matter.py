import time

import pytest

from dispatchd.documents.front_matter import (
    Entry,
    FrontMatter,
    KeySchema,
    Owner,
    Shape,
    Value,
    read_front_matter,
)

ISSUE = KeySchema.of(
    text=["title"],
    scalar=["id", "type", "status", "priority", "role", "assignee", "parent", "epic", "stage", "created", "source", "rev"],
    lists=["labels", "depends_on", "voters"],
    daemon=["id", "created", "rev"],
)  # fmt: skip


def read(*lines: str, body: str = "") -> FrontMatter:
    return read_front_matter("\n".join(["---", *lines, "---", body]), ISSUE)


def entry(*lines: str) -> Entry:
    front = read(*lines)
    assert len(front.entries) == 1, front
    return next(iter(front.entries.values()))


def test_a_schema_knows_names_shapes_and_owners() -> None:
    created = ISSUE.find("Created")
    assert created is not None
    assert created.owner is Owner.DAEMON
    depends = ISSUE.find("Depends On")
    assert depends is not None
    assert depends.shape is Shape.LIST
    assert "labels" in ISSUE
    assert ISSUE.find("customer") is None


def test_a_text_without_front_matter_is_all_body() -> None:
    front = read_front_matter("\ufeffLogin times out\n", ISSUE)
    assert not front.entries
    assert front.parked is None
    assert front.body == "Login times out\n"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Login times out", "Login times out"),
        ("title: Login: times out", "Login: times out"),
        ("title: Fix #123 for real", "Fix #123 for real"),
        ("title: Fix # 123 too", "Fix # 123 too"),
        ("title: # of days", "# of days"),
        ('title: "Quoted: yes"', "Quoted: yes"),
        ("title: 'It''s'  # why", "It's"),
        ('title: "Half" quoted', '"Half" quoted'),
        ("title: 'til noon", "'til noon"),
        ('title: 5" of rain', '5" of rain'),
        ('title: "Quoted" words', '"Quoted" words'),
        ("title: it's", "it's"),
        ("title: [draft] x", "[draft] x"),
        ("title: [draft", "[draft"),
        (r'title: "C:\dir"', r"C:\dir"),
        (r'title: "tab\tand \u00e9"', "tab\tand é"),
        ("title: [WIP] login", "[WIP] login"),
        ("title: [WIP]", "[WIP]"),
        ("title: - dash", "- dash"),
        ("title: > quote", "> quote"),
        ("title: *star* and &amp", "*star* and &amp"),
        ("title: @ash says `hi`", "@ash says `hi`"),
        ("title: {{title}}", "{{title}}"),
        ("title: null", "null"),
        ("title: 1.10", "1.10"),
        ("title:no blank", "no blank"),
        ("title:   spaced   ", "spaced"),
        ("Title: any case", "any case"),
        ("title : blank before the colon", "blank before the colon"),
        ("'title': quoted key", "quoted key"),
        ("title: Kept # dispatchd: a title has no tabs", "Kept"),
        ("title: it's \u2028 odd\x0b", "it's \u2028 odd\x0b"),
        ("title:", None),
        ("title: # dispatchd: needs a title", None),
    ],
)
def test_a_title_is_the_whole_rest_of_its_line(line: str, title: str | None) -> None:
    assert entry(line).value == title


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("status: queued", "queued"),
        ("status: in progress # mine", "in progress"),
        ("status: queued\t#\ttabs", "queued"),
        ("status: queued #", "queued"),
        ("status:queued", "queued"),
        ("status: in_review!", "in_review!"),
        ("status: # nothing", None),
        ("status: ~", None),
        ("status: null", None),
        ("status:", None),
        ("assignee: @ash", "@ash"),
        ('assignee: "@ash" # quoted', "@ash"),
        ("assignee: ['@ash']", "@ash"),
        ("assignee: []", None),
        ("epic: [[e-3fq9]]", "[[e-3fq9]]"),
        ('epic: "[[e-3fq9]]"', "[[e-3fq9]]"),
        ("epic: [Login](../epics/e-3fq9-x.md)", "[Login](../epics/e-3fq9-x.md)"),
        ("source: #123", "#123"),
        ("source: https://example.com/#top", "https://example.com/#top"),
        ("created: 2026-11-21T07:12:00Z", "2026-11-21T07:12:00Z"),
        ("type: no", "no"),
        ("type: 010", "010"),
        ("type: 12:30", "12:30"),
        ("type: 1.10", "1.10"),
        ("type: 1e3", "1e3"),
        ("type: on", "on"),
        ("created: 2026-11-28", "2026-11-28"),
        ("status: !high", "!high"),
        ("status: [broken", "[broken"),
    ],
)
def test_068_a_single_value_means_what_it_looks_like(line: str, value: str | None) -> None:
    assert entry(line).value == value


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("labels: auth, network", ("auth", "network")),
        ("labels: [auth, network]", ("auth", "network")),
        ("labels: [ auth , 'net, work', \"x\" ]", ("auth", "net, work", "x")),
        ("labels: auth", ("auth",)),
        ("labels: 'auth'", ("auth",)),
        ("labels: []", ()),
        ("labels:", None),
        ("labels: [a, b,]", ("a", "b")),
        ("labels: a, , b,", ("a", "b")),
        ("labels: good first issue, x # why", ("good first issue", "x")),
        ("depends_on: #123, i-2b9x", ("#123", "i-2b9x")),
        ("depends_on: [#123, i-2b9x]", ("#123", "i-2b9x")),
        ("depends_on: [[i-2b9x]]", ("[[i-2b9x]]",)),
        ("depends_on: [[i-2b9x]], [[i-3c4d]]", ("[[i-2b9x]]", "[[i-3c4d]]")),
        ("depends_on: [[[i-2b9x]], i-3c4d]", ("[[i-2b9x]]", "i-3c4d")),
        ("depends_on: [A, b](../issues/i-1a2b.md), i-2b9x", ("[A, b](../issues/i-1a2b.md)", "i-2b9x")),
        ('voters: [coder, security, "@alice"]', ("coder", "security", "@alice")),
        ("voters: coder, @alice", ("coder", "@alice")),
        ("Depends-On: i-2b9x", ("i-2b9x",)),
        ("labels: [wip] ops, net", ("[wip] ops", "net")),
        ("labels: it's, don't", ("it's", "don't")),
        ("labels: 'a' b, c", ("'a' b", "c")),
    ],
)
def test_a_list_is_read_however_it_is_written(line: str, items: Value) -> None:
    assert entry(line).value == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("labels:\n  - auth\n  - network", ("auth", "network")),
        ("labels:\n- auth\n- 'net work' # c", ("auth", "net work")),
        ("labels: # comment\n  # another\n\n  - auth", ("auth",)),
        ("labels: [\n  auth, # why\n  #123,\n]", ("auth", "#123")),
        ("labels: [auth,\n  network]", ("auth", "network")),
        ("labels:\n  auth, network", ("auth", "network")),
        ("labels:\n  - >-\n    two\n    words\n  - x", ("two words", "x")),
        ("labels:\n  - plain\n    folded", ("plain folded",)),
        ("labels:\n  - @alice\n  - [[i-2b9x]]", ("@alice", "[[i-2b9x]]")),
        ("labels:\n  -\n  - a", ("a",)),
        ('labels:\n  - "multi\n    line"', ("multi line",)),
    ],
)
def test_a_list_over_several_lines_is_one_too(text: str, items: tuple[str, ...]) -> None:
    assert entry(*text.split("\n")).value == items


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("title: >-\n  folded\n  title", "folded title"),
        ("title: |\n  kept\n", "kept"),
        ("title: one\n  two", "one two"),
        ("title:\n  below", "below"),
        ("title: 'one\n  two'", "one two"),
        ("title: Login: times\n  out # of 3", "Login: times out # of 3"),
        ("status: in\n  progress # c", "in progress"),
        ("assignee:\n  - '@ash'", "@ash"),
        ("assignee:\n  # nobody", None),
    ],
)
def test_a_single_value_over_several_lines_is_folded(text: str, value: str) -> None:
    assert entry(*text.split("\n")).value == value


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("assignee: [a, b]", 2, "One value"),
        ("labels: [a, [b]]", 2, "within the list"),
        ("labels: {a: b}", 2, "a list belongs"),
        ("labels:\n  a: b", 3, "indented"),
        ("labels:\n  - a:\n      b", 2, "within"),
        ("title: x\n  status: queued", 3, "“status” is indented"),
        ('title: "x\n  never closed', 2, "not YAML"),
        ("labels: [a,\n  b", 2, "not YAML"),
    ],
)
def test_a_known_key_that_cannot_be_read_keeps_what_it_held(text: str, line: int, says: str) -> None:
    front = read(*text.split("\n"), "priority: high")
    (problem,) = front.problems
    assert says in problem.what
    assert problem.line >= line
    assert problem.hint
    assert problem.key is not None
    assert not front.entries[problem.key].is_readable
    assert front.entries["priority"].value == "high"
    assert front.parked is None


def test_059_a_known_key_written_twice_names_both_lines() -> None:
    front = read("status: queued", "title: x", "Status: done")
    (problem,) = front.problems
    assert "line 2" in problem.what
    assert "line 4" in problem.what
    assert problem.key == "status"
    assert front.entries["status"].is_doubled
    assert front.value("status") is None
    assert front.value("title") == "x"


def test_notes_of_the_daemon_are_cut_off_and_known() -> None:
    front = read(
        'status: queued # mine # dispatchd: kept "queued"; "x" is no state',
        "# dispatchd: i-zzzz does not exist",
        "depends_on:",
        "  - i-2b9x # dispatchd: it is done",
        "title: Kept # dispatchd: short",
        "customer: 'a # dispatchd: b'",
    )
    assert front.value("status") == "queued"
    assert front.entries["status"].note == 'kept "queued"; "x" is no state'
    assert front.value("depends_on") == ("i-2b9x",)
    assert front.entries["depends_on"].note == "i-zzzz does not exist; it is done"
    assert front.value("title") == "Kept"
    assert front.unknown["customer"] == "a # dispatchd: b"


def test_a_parked_text_has_no_entries_and_one_problem() -> None:
    front = read_front_matter("---\nid: i-7k2m\ntitle: x\nprose\n---\n", ISSUE)
    assert front.parked is not None
    assert front.problems == (front.parked,)
    assert not front.entries


def test_062_deep_and_long_lines_are_read_in_no_time() -> None:
    started = time.process_time()
    for value in (
        "[" * 30_000,
        "[[" * 30_000 + "]]" * 30_000,
        "{" * 30_000,
        "'" * 30_001,
        '"' + "\\" * 30_001,
        "a " * 30_000,
        "a, " * 30_000,
        "# " * 30_000,
        " " * 30_000 + "#",
        "[" + "'a', " * 30_000,
        "- " * 30_000,
        "[](" * 15_000,
        "[a](" * 15_000,
        "[a " * 15_000,
    ):
        for key in ("labels", "title", "status", "mine"):
            read(f"{key}: {value}", "priority: high")
            read(f"{key}:", f"  - {value}", f"  - {value}", "priority: high")
    assert time.process_time() - started < 5


def test_057_mixed_line_ends_change_nothing_that_is_read() -> None:
    text = "---\r\nid: i-7k2m\ntitle: x # y\r\nlabels:\r\n  - a\r\n  - b\nmine: z\r\n---\r\nbody\n"
    front = read_front_matter(text, ISSUE)
    assert front.value("title") == "x # y"
    assert front.value("labels") == ("a", "b")
    assert front.unknown == {"mine": "z"}
    assert front.body == "body\n"
