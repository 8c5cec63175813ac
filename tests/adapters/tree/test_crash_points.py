"""INV1 and INV8 for a write, a removal and a move: every place between two system calls is tried.

A run without trouble counts the calls; then the same is run once for each of them with a crash, a power cut, an error or
a person's save just before it, and the next process recovers and replays as the daemon does.
"""

import errno
from collections.abc import Callable, Iterator, Mapping
from itertools import count

import pytest

from dispatchd.application.ports.dispatch_tree import (
    AlreadyGone,
    AlreadyThere,
    Changed,
    Displaced,
    Moved,
    Refused,
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
ERRNOS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE, errno.EROFS)


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


@pytest.fixture(
    params=[(act, mount) for act in ACTS for mount in MOUNTS if mount == "full" or act != "many"], ids=str
)
def begin(request: pytest.FixtureRequest) -> Callable[[], Story]:
    act, mount = request.param
    return lambda: Story(act, MOUNTS[mount])


@pytest.fixture(params=ACTS)
def begin_full(request: pytest.FixtureRequest) -> Callable[[], Story]:
    return lambda: Story(request.param)


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


def test_001_to_006_a_process_killed_anywhere_is_made_good_by_the_next(begin: Callable[[], Story]) -> None:
    for ahead in every_call(begin):
        story = begin()
        story.tree.step(ahead, story.tree.system.crash)
        story.run_into_a_crash()
        story.next_process()
        assert is_done(story), (ahead, story.outcome)
        assert story.heard <= {OLD, NEW}, ahead
        story.assert_tidy()


def test_011_a_process_killed_in_recovery_too_changes_nothing(begin: Callable[[], Story]) -> None:
    for ahead in every_call(begin):
        for again in count():
            story = begin()
            story.tree.step(ahead, story.tree.system.crash)
            story.run_into_a_crash()
            second = story.tree.restarted()
            second.step(again, second.system.crash)
            try:
                second.recover()
            except Crashed:
                story.tree = second
                story.next_process()
                assert is_done(story), (ahead, again)
                story.assert_tidy()
            else:
                break


def test_012_after_a_power_cut_the_file_is_the_old_one_or_the_new_one(begin: Callable[[], Story]) -> None:
    for ahead in every_call(begin):
        for kept in range(12):
            story = begin()
            story.tree.step(ahead, story.tree.system.crash)
            story.run_into_a_crash()
            story.tree.disk.cut_power(kept=kept)
            found = {story.tree.content(PATH), story.tree.content(TARGET)} - {None}
            assert found <= {OLD, NEW}, (ahead, kept)
            story.next_process()
            assert is_done(story), (ahead, kept, story.outcome)
            story.assert_tidy()


def test_a_finished_act_survives_a_power_cut(begin: Callable[[], Story]) -> None:
    story = begin()
    story.run()
    before = (story.tree.content(PATH), story.tree.content(TARGET))
    story.tree.disk.cut_power()
    assert (story.tree.content(PATH), story.tree.content(TARGET)) == before


def test_014_to_020_an_error_at_any_call_refuses_and_a_later_try_succeeds(begin: Callable[[], Story]) -> None:
    for code in ERRNOS:
        for ahead in every_call(begin):
            story = begin()
            story.tree.step(ahead, _failing(code))
            story.run()
            assert isinstance(story.outcome, Refused) or is_done(story), (ahead, code, story.outcome)
            assert {story.tree.content(PATH), story.tree.content(TARGET)} & {OLD, NEW, None}
            story.run()
            assert is_done(story), (ahead, code, story.outcome)
            story.assert_tidy()


@pytest.mark.parametrize("how", ["save", "save_by_rename"])
def test_029_a_save_before_any_call_is_the_file_or_is_heard_of(
    begin_full: Callable[[], Story], how: str
) -> None:
    for ahead in every_call(begin_full):
        story = begin_full()
        story.tree.step(ahead, lambda story=story: getattr(story.tree, how)(PATH, THEIRS))  # type: ignore[misc]
        story.run()
        story.sweep()
        assert story.accounts_for(THEIRS), ahead


def test_029_a_save_in_place_is_heard_of_on_a_degraded_mount_too(begin: Callable[[], Story]) -> None:
    for ahead in every_call(begin):
        story = begin()
        story.tree.step(ahead, lambda story=story: story.tree.save(PATH, THEIRS))  # type: ignore[misc]
        story.run()
        story.sweep()
        assert story.accounts_for(THEIRS), ahead


@pytest.mark.parametrize("how", ["save", "save_by_rename"])
def test_inv1_and_inv8_a_save_and_then_a_crash_anywhere_lose_nothing(
    begin_full: Callable[[], Story], how: str
) -> None:
    calls = list(every_call(lambda: opened(begin_full)))
    for saved in calls:
        for crashed in calls[saved + 1 :]:
            story = opened(begin_full)
            story.tree.step(saved, lambda story=story: getattr(story.tree, how)(PATH, THEIRS))  # type: ignore[misc]
            story.tree.step(crashed, story.tree.system.crash)
            story.run_into_a_crash()
            story.next_process()
            story.sweep()
            assert story.accounts_for(THEIRS), (saved, crashed, story.outcome)


def test_030_an_open_writer_is_heard_wherever_it_writes(begin_full: Callable[[], Story]) -> None:
    if begin_full().tree.content(PATH) is None:
        pytest.skip("nothing is open before a file is created")
    for ahead in every_call(begin_full):
        story = begin_full()
        hand = story.tree.open_for_writing(PATH)
        story.tree.step(ahead, lambda hand=hand: hand.write(THEIRS))  # type: ignore[misc]
        story.run()
        story.sweep()
        hand.write(THEIRS + b"and more\n")
        hand.close()
        story.sweep()
        assert story.accounts_for(THEIRS + b"and more\n"), ahead


def test_a_save_and_an_error_at_any_later_call_lose_nothing(begin_full: Callable[[], Story]) -> None:
    calls = list(every_call(lambda: opened(begin_full)))
    for saved in calls:
        for failed in calls[saved + 1 :]:
            story = opened(begin_full)
            story.tree.step(saved, lambda story=story: story.tree.save_by_rename(PATH, THEIRS))  # type: ignore[misc]
            story.tree.step(failed, _failing(errno.EIO))
            story.run()
            story.sweep()
            story.run()
            story.sweep()
            assert story.accounts_for(THEIRS), (saved, failed, story.outcome)


def _failing(code: int) -> Callable[[], None]:
    def fail() -> None:
        raise failure(code)

    return fail
