"""People, agents, git, faults and time, in any order: the rules that the sync machine plays by, and what it remembers.

Every prose edit carries a word of its own. A word has to be in the tree once everything is at rest, unless a later save
by a hand took it out knowingly: one whose text began as something that had the word.
"""

import re
from collections import defaultdict
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from dispatchd.application.requests.request import Verb
from dispatchd.documents.front_matter_edit import rev_of
from tests.application.world import World

EPIC = """\
---
id: e-3fq9
status: ready
---

# Passwordless

## Stages

### Design

Gate: approval: Is the flow right?

### Build

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling

### Release

1. Send
2. i-bbbb
3. Show @coder

Gate: review by @alice: Walk through.
"""
PROPOSAL = '---\nid: p-9xw4\nvoters: [coder, "@alice", "@bob"]\n---\n\n# Use argon2id\n'
ISSUE = (
    "---\nx-mood: 'good'   # theirs\nid: i-{0}\n# a comment of theirs\ntitle: Issue {0}\n---\n\n"
    "Beginning\n\nMiddle\n\nEnd\n"
)
FOREIGN = ("x-mood: 'good'   # theirs\n", "# a comment of theirs\n")
ID = re.compile(r"^id: *(\S+)", re.MULTILINE)
WORD = re.compile(r"word\d+x")
VALUES = {
    "status": (
        "queued",
        "done",
        "in_review",
        "que",
        "",
        "purple",
        "cancelled",
        "unassigned",
        "in_progress!",
        "doing",
    ),
    "priority": ("high", "low", "hi", "", "purple", "P0"),
    "type": ("bug", "docs", "nonsense"),
    "labels": ("[one, two]", "one", "", "[two, three]"),
    "assignee": ("ash", "@alice", "nobody", ""),
    "depends_on": ("[i-aaaa]", "i-bbbb", "[i-zzzz]"),
}
GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "markers": lambda text: text + b"\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n",
    "no utf-8": lambda text: text + b"\xff",
    "half": lambda text: text[: len(text) // 4],
    "empty": lambda _: b"",
    "no front matter": lambda text: text.partition(b"\n---\n")[2],
}
BOXES = re.compile(r"^[-*+] \[ \] (?P<label>[^\n]*)$", re.MULTILINE)
TICKED = re.compile(r"^[-*+] \[x\] ", re.MULTILINE)
WAITS = st.sampled_from((0.1, 0.4, 1.1, 2.3, 6.0, 12.0, 35.0, 65.0))
ANY = st.integers(min_value=0, max_value=10**6)


class PersonsRules(RuleBasedStateMachine):
    """The rules; what is checked in the end, the test decides."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.count = 0
        self.words_of_rev: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.owed_words: set[str] = set()
        self.have_swapped = False
        self.buffers: list[tuple[str, str]] = []
        self.good: dict[str, str] = {}

    @initialize()
    def lay(self) -> None:
        self.world.save("epics/e.md", EPIC)
        self.world.save("proposals/p.md", PROPOSAL)
        for number in ("aaaa", "bbbb", "cccc"):
            self.world.save(f"issues/{number}.md", ISSUE.format(number))
        self.world.settle()
        self.world.ask(Verb.TELL, speaker="ash", text="Hello")
        self.world.settle()
        self.note_texts()

    # -- what is remembered ------------------------------------------------------------------------------------

    def note_texts(self) -> None:
        """Which words stand in a text with which rev, as anybody could have opened it."""
        for path in self.world.paths():
            self.note_text(path, self.world.tree.content(path) or b"")

    def note_text(self, path: str, content: bytes) -> None:
        text = content.decode(errors="replace")
        self.words_of_rev[self.lineage(path, text)] |= set(WORD.findall(text))

    def lineage(self, path: str, text: str) -> tuple[str, str]:
        found = re.search(ID, text)
        return (found[1] if found else path, rev_of(text) or "")

    def put(self, path: str, content: bytes, *, by_rename: bool = False) -> None:
        """A hand saves: words that the text it began as had, and this has not, are let go."""
        before = self.world.tree.content(path)
        if before is not None:
            self.note_text(path, before)
        text = content.decode(errors="replace")
        now = set(WORD.findall(text))
        key = self.lineage(path, text)
        known = self.words_of_rev[key]
        if not key[1]:  # no rev: whatever was there may have been what it began as
            known = set().union(*self.words_of_rev.values())
        self.owed_words -= known - now
        if before is not None and rev_of(before.decode(errors="replace")) == key[1]:
            self.owed_words -= set(WORD.findall(before.decode(errors="replace"))) - now
        self.owed_words |= now - known
        self.world.save(path, content, by_rename=by_rename)
        self.note_text(path, content)

    def pick(self, number: int, folder: str = "issues/") -> str | None:
        paths = self.world.paths(folder)
        return str(paths[number % len(paths)]) if paths else None

    def text_of(self, path: str) -> str | None:
        try:
            return (self.world.tree.content(path) or b"").decode()
        except UnicodeDecodeError:
            return None

    def word(self) -> str:
        self.count += 1
        return f"word{self.count}x"

    # -- hands -------------------------------------------------------------------------------------------------

    @rule(number=ANY, place=st.sampled_from(("Beginning", "Middle", "End", "")), by_rename=st.booleans())
    def write_prose(self, number: int, place: str, by_rename: bool) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if not path or not text:
            return
        word = self.word()
        changed = text.replace(f"\n{place}", f"\n{place} {word}", 1) if place else f"{text}\n{word}\n"
        self.put(path, changed.encode(), by_rename=by_rename)

    @rule(number=ANY, key=st.sampled_from(sorted(VALUES)), value=ANY)
    def change_fact(self, number: int, key: str, value: int) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if not path or not text:
            return
        self.put(path, self.with_fact(text, key, VALUES[key][value % len(VALUES[key])]).encode())

    def with_fact(self, text: str, key: str, value: str) -> str:
        line = f"{key}: {value}".rstrip()
        if re.search(rf"^{key}:", text, re.MULTILINE):
            return re.sub(rf"^{key}:[^\n]*", line, text, count=1, flags=re.MULTILINE)
        return re.sub(
            r"^title:[^\n]*", lambda found: f"{found[0]}\n{line}", text, count=1, flags=re.MULTILINE
        )

    @rule(number=ANY)
    def open_in_an_editor(self, number: int) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if path and text and rev_of(text):
            self.note_text(path, text.encode())
            self.buffers.append((path, text))

    @precondition(lambda self: self.buffers)
    @rule(number=ANY, place=st.sampled_from(("Beginning", "Middle", "End")), fact=st.booleans(), value=ANY)
    def save_from_that_editor(self, number: int, place: str, fact: bool, value: int) -> None:
        path, text = self.buffers.pop(number % len(self.buffers))
        if re.findall(ID, self.text_of(path) or "") != re.findall(ID, text):
            return  # gone, or another's place by now: to save there would be to delete that one by hand
        changed = text.replace(f"\n{place}", f"\n{place} {self.word()}", 1)
        if fact:
            changed = self.with_fact(changed, "priority", ("high", "low", "critical")[value % 3])
        self.put(path, changed.encode())

    @rule(number=ANY, how=st.sampled_from(sorted(GARBAGE)), seconds=WAITS)
    def break_and_mend(self, number: int, how: str, seconds: float) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if not path or not text:
            return
        if self.have_swapped and how in {"no front matter", "half"}:
            # A file that loses its name and its id in the same moment is nobody's any more.
            self.world.advance(3.0)
            self.have_swapped = False
        self.world.save(path, GARBAGE[how](text.encode()))
        self.world.advance(seconds)
        current = self.world.tree.content(path)
        if current == GARBAGE[how](text.encode()):
            self.put(path, text.encode())
        else:  # the daemon has answered: the writer leaves it at that, and what they took out is gone
            self.owed_words -= set(WORD.findall(text))

    @rule(number=ANY, folder=st.sampled_from(("issues/", "issues/sub/", "context/")))
    def drop_a_file(self, number: int, folder: str) -> None:
        path = f"{folder}new {number % 5}.md"
        if self.world.tree.content(path) is None:
            self.put(path, f"A thing {self.word()}\n".encode())

    @rule(number=ANY)
    def copy_a_file(self, number: int) -> None:
        path = self.pick(number)
        text = self.text_of(path) if path else None
        if path and text and len(self.world.paths("issues/")) < 9:
            self.world.save(f"issues/copy {number % 7}.md", text)

    @rule(number=ANY)
    def delete_a_file(self, number: int) -> None:
        path = self.pick(number)
        if path and len(self.world.paths("issues/")) > 2:
            text = self.text_of(path) or ""
            self.owed_words -= set(WORD.findall(text))
            self.gone_by_hand(path)
            self.world.delete(path)
            # After a swap of names the file says better than its place whose it was.
            self.world.deleted |= set(re.findall(ID, text))

    def gone_by_hand(self, path: str) -> None:
        """Whatever of its words the daemon was about to bring into the file goes with it."""
        record = self.world.record(path)
        if record is not None and record.current is not None:
            wanted = self.world.store.look(lambda work: work.blobs.get(record.current or ""))  # type: ignore[arg-type]
            self.owed_words -= set(WORD.findall(wanted.decode(errors="replace")))

    @rule(number=ANY, to=st.sampled_from(("issues/moved {}.md", "issues/sub/moved {}.md")))
    def rename_a_file(self, number: int, to: str) -> None:
        path, target = self.pick(number), to.format(number % 6)
        if path and self.world.tree.content(target) is None and "\nid:" in (self.text_of(path) or ""):
            self.world.rename(path, target)

    @rule(number=ANY)
    def swap_two_names(self, number: int) -> None:
        paths = [path for path in self.world.paths("issues/") if "\nid:" in (self.text_of(path) or "")]
        if len(paths) > 1:
            self.have_swapped = True
            one, other = paths[number % len(paths)], paths[(number + 1) % len(paths)]
            self.world.rename(one, "issues/between.md")
            self.world.rename(other, one)
            self.world.rename("issues/between.md", other)

    @rule(
        number=ANY,
        box=ANY,
        reason=st.sampled_from(("", "because", "because")),
        folder=st.sampled_from(("epics/", "proposals/", "inbox/")),
    )
    def tick(self, number: int, box: int, reason: str, folder: str) -> None:
        path = self.pick(number, folder)
        text = self.text_of(path) if path else None
        found = list(BOXES.finditer(text)) if text else []
        if not path or not text or not found:
            return
        chosen = found[box % len(found)]
        ticked = chosen[0].replace("[ ]", "[x]", 1) + (f" {reason}" if chosen["label"].endswith(":") else "")
        self.put(path, (text[: chosen.start()] + ticked.rstrip() + text[chosen.end() :]).encode())

    @rule(number=ANY, folder=st.sampled_from(("epics/", "proposals/")))
    def untick(self, number: int, folder: str) -> None:
        path = self.pick(number, folder)
        text = self.text_of(path) if path else None
        if path and text:
            self.put(path, TICKED.sub("- [ ] ", text, count=1).encode())

    @rule(good=st.booleans())
    def save_the_config(self, good: bool) -> None:
        text = self.world.read("config.toml").replace("[broken\n", "")
        self.world.save("config.toml", text if good else text + "[broken\n")

    # -- agents, requests, git ---------------------------------------------------------------------------------
