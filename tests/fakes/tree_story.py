"""One act on the tree in memory, followed from process to process, so that every place in it can be tried."""

from collections.abc import Callable, Iterator, Mapping

from dispatchd.application.ports.dispatch_tree import (
    AlreadyGone,
    AlreadyThere,
    Changed,
    Displaced,
    Moved,
    Removed,
    WriteRequest,
    Written,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.fake_disk import failure
from tests.fakes.fake_system import Crashed
from tests.fakes.fake_tree import FakeTree

PATH = DocumentPath("issues/login.md")
TARGET = DocumentPath("archive/2026/11/login.md")
OLD, NEW, THEIRS = b"old text\n", b"new text\n", b"what a person wrote\n"


class Story:
    """What one process after the other saw of a tree."""

    def __init__(self, act: str, lacks: frozenset[str] = frozenset()) -> None:
        self._act, files = ACTS[act]
        self.tree = FakeTree(files)
        self.tree.system.lacks |= lacks
        self.heard: set[bytes] = set()
        self.outcome: object = None

    def run(self) -> None:
        """Do the act, and hear what comes of it."""
        self.outcome = self._act(self.tree)
        self._hear(self.outcome)

    def run_into_a_crash(self) -> None:
        """Do the act; the process ends somewhere in it, or not."""
        try:
            self.run()
        except Crashed:
            self.outcome = None

    def next_process(self) -> None:
        """Start again, recover, replay."""
        self.tree = self.tree.restarted()
        self.sweep(self.tree.recover())
        self.run()

    def sweep(self, found: tuple[Displaced, ...] | None = None) -> None:
        """Ingest what was displaced."""
        for displaced in self.tree.sweep_quarantine() if found is None else found:
            self.heard.add(displaced.content)
            self.tree.settle(displaced)

    def accounts_for(self, content: bytes) -> bool:
        """Whether a save still exists or was heard of."""
        at = (self.tree.content(PATH), self.tree.content(TARGET))
        return content in at or content in self.heard

    def assert_tidy(self) -> None:
        """Nothing is left behind once the ten seconds are over."""
        self.sweep()
        self.tree.pass_time(11)
        self.sweep()
        assert self.tree.private_contents("tmp") == []
        assert self.tree.private_contents("quarantine") == []
        assert self.tree.system.descriptors_open() == DESCRIPTORS_KEPT

    def _hear(self, outcome: object) -> None:
        match outcome:
            case Written(displaced=Displaced() as displaced) | Removed(displaced=Displaced() as displaced):
                self.heard.add(displaced.content)
            case Changed(found=found) if found is not None:
                self.heard.add(found.content)
            case _:
                return


DESCRIPTORS_KEPT = 6
"""The root, the folder above the private one, and the private one's four."""


def swap(tree: FakeTree) -> object:
    return tree.write(WriteRequest(row=7, path=PATH, expected=digest(OLD), content=NEW))


def swap_many(tree: FakeTree) -> object:
    others = [
        WriteRequest(row=row, path=DocumentPath(f"issues/{row}.md"), expected=None, content=NEW)
        for row in range(4)
    ]
    first = WriteRequest(row=7, path=PATH, expected=digest(OLD), content=NEW)
    return tree.write_many([first, *others])[0]


def create(tree: FakeTree) -> object:
    return tree.write(WriteRequest(row=7, path=PATH, expected=None, content=NEW))


def remove(tree: FakeTree) -> object:
    return tree.remove(7, PATH, digest(OLD))


def move(tree: FakeTree) -> object:
    return tree.move(PATH, TARGET, digest(OLD))


ACTS: dict[str, tuple[Callable[[FakeTree], object], Mapping[str, bytes]]] = {
    "swap": (swap, {PATH: OLD}),
    "many": (swap_many, {PATH: OLD}),
    "create": (create, {}),
    "remove": (remove, {PATH: OLD}),
    "move": (move, {PATH: OLD}),
}


MOUNTS = {
    "full": frozenset[str](),
    "no exchange": frozenset({"exchange"}),
    "links only": frozenset({"exchange", "rename_new"}),
}


def opened(begin: Callable[[], Story]) -> Story:
    """A story whose process has opened its private folder, so that only the act's own calls are tried."""
    story = begin()
    assert story.tree.degraded() is None
    return story


def every_call(begin: Callable[[], Story]) -> Iterator[int]:
    """The number of each call the act makes from here on."""
    story = begin()
    before = story.tree.system.calls_made
    story.run()
    yield from range(story.tree.system.calls_made - before)


def is_done(story: Story) -> bool:
    return isinstance(story.outcome, Written | AlreadyThere | Removed | AlreadyGone | Moved)


def failing(code: int) -> Callable[[], None]:
    def fail() -> None:
        raise failure(code)

    return fail
