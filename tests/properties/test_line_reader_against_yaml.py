"""The line reader, the shortcuts past YAML and the writer, held against two full YAML parsers.

Where both claim to read a text they agree. Where the known keys read on purpose what YAML reads otherwise (the
whole line of a title, `#x` as no comment, links in brackets, lists with commas, no anchors), the comparison says
so and leaves it out.
"""

import re
from typing import Final

import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dispatchd.documents.fence import Layout, lay_out
from dispatchd.documents.front_matter import Entry, KeySchema, read_front_matter
from dispatchd.documents.front_matter_edit import edit_front_matter, without_notes
from dispatchd.documents.key_schema import Value
from dispatchd.documents.plain_values import PlainData, typed
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.unknown_values import read_unknown
from dispatchd.documents.yaml_on_demand import read_yaml

SCHEMA: Final = KeySchema.of(text=["title"], scalar=["status", "rev"], lists=["labels"])
ORDER: Final = ("title", "status", "labels")
UNREADABLE: Final = object()

LETTERS: Final = "ab1 :#'\"-,[]{}&*!|>%@`?~.\\é=/_0eE+x\u2019(\t"
fragments = st.one_of(
    st.text(LETTERS, max_size=12),
    st.sampled_from(
        [
            "plain", "two words", "'single'", '"double"', "'it''s'", '"a \\" b"', "[a, b]", "[ a , 'b' ]", "[]", "[a,]",
            "{a: b}", "# comment", "x # c", "x #c", "~", "null", "true", "No", "12", "-3", "1.5", "1.10", "010", "1e3",
            "0x1F", "12:30", "2026-11-21", "https://a.b/#c", "@a", "a: b", "- a", ">-", "|", "'open", '"open', "[open",
            "a, b", "#1, b", "[[i-1]]", ".5", ".inf", "=", "<<", "? a", "a?", "-", "--", "---x", "...", "1_000", "+1",
        ]
    ),
)  # fmt: skip
continuations = st.lists(
    st.tuples(
        st.sampled_from(["  ", "    ", " ", "\t", "  - ", "- ", "    - ", "  # ", "# ", ""]), fragments
    ),
    max_size=3,
)


@st.composite
def values(draw: st.DrawFn) -> str:
    """What may stand behind a key's colon, the lines that continue it included."""
    first = draw(st.one_of(fragments, st.just("")))
    rest = draw(st.one_of(st.just([]), continuations))
    return "\n".join([first, *(indent + text for indent, text in rest)]) + "\n"


def document(key: str, value: str) -> str:
    return f"---\n{key}: {value}---\n"


def by_ruamel(key: str, value: str, kind: str = "safe") -> object:
    """What a full YAML 1.2 parser reads under *key*; `base` keeps every scalar as it is written."""
    try:
        data = YAML(typ=kind, pure=True).load(f"{key}: {value}")
    except (YAMLError, ValueError, NotImplementedError, AssertionError, TypeError, IndexError):
        return UNREADABLE
    return data[key] if isinstance(data, dict) and list(data) == [key] else UNREADABLE


def layout_with(key: str, value: str) -> Layout:
    """The layout of a document that holds *key* alone; other texts are left out."""
    layout = lay_out(document(key, value))
    assume(isinstance(layout, Layout) and len(layout.keys) == 1)
    assert isinstance(layout, Layout)
    assume(layout.keys[0][0] == key)
    return layout


@settings(max_examples=500)
@given(values())
@example("'a' # c\n")
@example("[a, 2, 'c']\n")
@example("\n  - a\n  - 2\n")
@example("a:\n")
@example("a#b c#\n")
def test_the_shortcuts_past_yaml_read_what_yaml_reads(value: str) -> None:
    layout = layout_with("mine", value)
    key = layout.keys[0]
    text = "".join(layout.lines[key[1] : key[2] + 1])
    read, full = read_unknown(layout.lines, key), read_yaml(text, key[1], typed)
    assert read == full
    assert type(read) is type(full)


@settings(max_examples=500)
@given(values())
def test_a_key_of_the_users_own_means_what_a_full_parser_says(value: str) -> None:
    layout = layout_with("mine", value)
    read = read_unknown(layout.lines, layout.keys[0])
    assume(not isinstance(read, DocumentProblem))
    assert not isinstance(read, DocumentProblem)
    theirs, written = by_ruamel("mine", value), by_ruamel("mine", value, "base")
    assume(theirs is not UNREADABLE and written is not UNREADABLE)
    assert agree(read, theirs, written)


def agree(ours: PlainData, theirs: object, written: object) -> bool:
    """Equal, or the very text where reading it as a number, a date or a truth would change it."""
    if isinstance(theirs, list) and isinstance(written, list):
        if not isinstance(ours, list) or len(ours) != len(theirs):
            return False
        return all(agree(*three) for three in zip(ours, theirs, written, strict=True))
    if isinstance(theirs, dict) and isinstance(written, dict):
        if not isinstance(ours, dict) or len(ours) != len(written):
            return False
        pairs = zip(ours.items(), theirs.values(), written.items(), strict=True)
        return all(key == name and agree(mine, other, raw) for (key, mine), other, (name, raw) in pairs)
    if isinstance(ours, str) and isinstance(theirs, str) and isinstance(written, str):
        # Blank lines below a block belong to nobody here, so `|+` keeps none of them.
        return ours.rstrip(" \n") in (theirs.rstrip(" \n"), written.rstrip(" \n"))
    return ours in (theirs, written)


@settings(max_examples=500)
@given(st.sampled_from(["title", "status", "labels"]), values())
def test_a_known_key_means_what_a_full_parser_says(key: str, value: str) -> None:
    layout_with(key, value)
    front = read_front_matter(document(key, value), SCHEMA)
    entry = front.entries[key]
    assume(entry.is_readable)
    assume(not meant_otherwise(key, value))
    theirs = by_ruamel(key, value, "base")
    assume(theirs is not UNREADABLE)
    expected = shaped(key, value, theirs)
    assume(expected is not UNREADABLE)
    if isinstance(entry.value, str) and isinstance(expected, str):
        # Blank lines below a block belong to nobody here.
        assert entry.value.rstrip(" \n") == expected.rstrip(" \n")
    else:
        assert entry.value == expected


def meant_otherwise(key: str, value: str) -> bool:
    """Where a known key departs from YAML on purpose."""
    if re.search(r"(?:^|[\s,\[])[&*!]", value) or "[[" in value or "](" in value:
        return True
    if re.search(r"(?:^|[\s\[,'\"\]])#(?=\S)|['\"\]]#", value):
        return True
    return key == "title" and ("#" in value or value.lstrip()[:1] in ("[", "{", "~", "-", ">", "|"))


def shaped(key: str, value: str, theirs: object) -> object:
    """What *theirs* means under *key*, in the form of the line reader."""
    if isinstance(theirs, list):
        if not all(isinstance(item, str) or item is None for item in theirs):
            return UNREADABLE
        items = tuple(item.strip("\n") for item in theirs if item and item not in ("~", "null"))
        if key == "labels":
            return items
        return UNREADABLE if len(items) > 1 else (items[0] if items else None)
    if theirs is None or theirs == "":
        quoted = value.strip().startswith(("'", '"'))
        return UNREADABLE if quoted else None
    if not isinstance(theirs, str) or theirs.strip(" \n") == "":
        return UNREADABLE
    if key == "labels":
        return UNREADABLE if re.search(r"[,\n'\"\[\](){}]", theirs) or theirs in ("~", "null") else (theirs,)
    if key == "title":
        return theirs.strip("\n")
    return None if theirs in ("~", "null") and value.strip()[0] not in "'\"" else theirs.strip("\n")


texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    st.text(LETTERS + "\n\x07\u2028\x85\ufeff😀", max_size=12),
    fragments,
)


@settings(max_examples=300)
@given(texts, st.sampled_from(["title: x", "title: 'x' # c", 'title: "x"', "title:", "mine: y"]))
@example("null", "title: x")
@example("yes", "title: x")
@example("# dispatchd: no", "title: x")
def test_a_title_is_written_so_that_everybody_reads_it(title: str, line: str) -> None:
    text = edit_front_matter(f"---\n{line}\n---\n", {"title": title}, order=ORDER, rev=False)
    assert read_front_matter(text, SCHEMA).entries["title"].value == (title or None)
    block = text.removeprefix("---\n").removesuffix("---\n")
    assert YAML(typ="safe", pure=True).load(block)["title"] == title
    assert yaml.safe_load(block)["title"] == title


@settings(max_examples=300)
@given(
    st.lists(texts.filter(bool), max_size=4, unique=True),
    st.sampled_from(["labels: [a, 'b']", "labels: a, b", "labels:\n  - a\n  - 'b' # c", "labels:", "labels: [\n a,\n]", "x: y"]),
)  # fmt: skip
def test_a_list_is_written_so_that_everybody_reads_it(items: list[str], line: str) -> None:
    text = edit_front_matter(f"---\n{line}\n---\n", {"labels": tuple(items)}, order=ORDER, rev=False)
    front = read_front_matter(text, SCHEMA)
    assert not front.problems
    read = front.entries["labels"].value
    assert isinstance(read, tuple)
    assert set(read) == set(items)
    block = text.removeprefix("---\n").removesuffix("---\n")
    assert set(YAML(typ="safe", pure=True).load(block)["labels"]) == set(items)
    assert set(yaml.safe_load(block)["labels"]) == set(items)


strange_lines = st.lists(
    st.one_of(
        fragments.map(lambda text: f"# {text}"),
        st.tuples(st.sampled_from(["mine", "Customer", "other key", "'q'"]), values()).map(
            lambda pair: f"{pair[0]}: {pair[1]}".rstrip("\n")
        ),
        st.just(""),
    ),
    max_size=4,
)


@settings(max_examples=300)
@given(
    strange_lines,
    strange_lines,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.text("ab\n\r#->", max_size=10),
    st.sampled_from(["done", "in review", "#1", None]),
)
def test_inv5_everything_around_the_line_that_changes_stays(
    above: list[str], below: list[str], newline: str, bom: str, body: str, status: Value
) -> None:
    before = newline.join(["---", *above, ""])
    after = newline.join(["", *below, "---", body])
    text = f"{bom}{before}status: queued # mine{after}"
    layout = lay_out(text)
    assume(isinstance(layout, Layout) and layout.opening is not None)
    front = read_front_matter(text, SCHEMA)
    assume("status" in front.entries and front.entries["status"].first == front.entries["status"].last)
    edited = edit_front_matter(text, {"status": status}, order=ORDER, rev=False)
    assert edited.startswith(bom + before)
    assert edited.endswith(after)
    assert "\n" not in edited[len(bom + before) : len(edited) - len(after)]
    assert edited[: len(edited) - len(after)].endswith(" # mine")
    noted = edit_front_matter(text, {}, order=ORDER, notes={"status": "why"}, rev=False)
    assert edit_front_matter(noted, {}, order=ORDER, notes={"status": None}, rev=False) == text
    if not re.search("dispatchd:", text):
        assert without_notes(noted) == text
    again = read_front_matter(edited, SCHEMA)
    assert again.unknown == front.unknown
    assert again.body == front.body


@settings(max_examples=300)
@given(st.text("-\n #:ab'\"[]\r\ufeff\u2028\x0b", max_size=60))
def test_no_text_makes_the_reader_fail_or_lose_a_byte(text: str) -> None:
    front = read_front_matter(text, SCHEMA)
    layout = front.layout
    bom = "\ufeff" if layout.bom else ""
    assert bom + "".join(layout.lines) + front.body == text
    assert all(isinstance(entry, Entry) for entry in front.entries.values())
    if front.parked is None:
        same = {key: entry.value for key, entry in front.entries.items() if entry.is_readable}
        assert edit_front_matter(text, same, order=ORDER) == text
