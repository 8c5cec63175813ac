"""INV1 and INV8 for a write, a removal and a move: every place between two system calls is tried.

A run without trouble counts the calls; then the same is run once for each of them with a crash, a power cut, an error or
a person's save just before it, and the next process recovers and replays as the daemon does.
"""

import errno
from collections.abc import Callable
from itertools import count

import pytest

from dispatchd.application.ports.dispatch_tree import (
    Refused,
)
from tests.fakes.fake_system import Crashed
from tests.fakes.tree_story import (
    ACTS,
    MOUNTS,
    NEW,
    OLD,
    PATH,
    TARGET,
    THEIRS,
    Story,
    every_call,
    failing,
    is_done,
    opened,
)

ERRNOS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE, errno.EROFS)


@pytest.fixture(
    params=[(act, mount) for act in ACTS for mount in MOUNTS if mount == "full" or act != "many"], ids=str
)
def begin(request: pytest.FixtureRequest) -> Callable[[], Story]:
    act, mount = request.param
    return lambda: Story(act, MOUNTS[mount])


@pytest.fixture(params=ACTS)
def begin_full(request: pytest.FixtureRequest) -> Callable[[], Story]:
    return lambda: Story(request.param)


def test_001_002_003_004_005_006_a_process_killed_anywhere_is_made_good_by_the_next(
    begin: Callable[[], Story],
) -> None:
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


def test_014_017_019_020_an_error_at_any_call_refuses_and_a_later_try_succeeds(
    begin: Callable[[], Story],
) -> None:
    for code in ERRNOS:
        for ahead in every_call(begin):
            story = begin()
            story.tree.step(ahead, failing(code))
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


@pytest.mark.parametrize("act", [act for act, (_, files) in ACTS.items() if PATH in files])
def test_030_an_open_writer_is_heard_wherever_it_writes(act: str) -> None:
    for ahead in every_call(lambda: Story(act)):
        story = Story(act)
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
            story.tree.step(failed, failing(errno.EIO))
            story.run()
            story.sweep()
            story.run()
            story.sweep()
            assert story.accounts_for(THEIRS), (saved, failed, story.outcome)
