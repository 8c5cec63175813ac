"""What every TreeWatcher promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.tree.polling_watcher import PollingWatcher
from dispatchd.adapters.tree.watcher import WatchdogWatcher
from dispatchd.application.ports.tree_watcher import Rescan, Touched, TreeWatcher
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.fake_watcher import FakeWatcher
from tests.fakes.heard_hints import HeardHints


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tree" / "issues").mkdir(parents=True)
    return tmp_path / "tree"


@pytest.fixture(params=["watchdog", "polling", "fake"])
def watcher(request: pytest.FixtureRequest, root: Path) -> Iterator[TreeWatcher]:
    made: dict[str, TreeWatcher] = {
        "watchdog": WatchdogWatcher(root),
        "polling": PollingWatcher(every_seconds=0.01),
        "fake": FakeWatcher(),
    }
    chosen = made[request.param]
    yield chosen
    chosen.stop()


def test_a_cookie_comes_back_and_leaves_nothing_behind(watcher: TreeWatcher, root: Path) -> None:
    hints = HeardHints()
    watcher.start(hints.put)
    hints.through_cookie(watcher)
    hints.through_cookie(watcher)
    assert sorted(path.name for path in root.iterdir()) == ["issues"]


def test_whatever_happened_before_a_cookie_is_hinted_at_before_it(watcher: TreeWatcher, root: Path) -> None:
    hints = HeardHints()
    watcher.start(hints.put)
    (root / "issues" / "a.md").write_bytes(b"x")
    if isinstance(watcher, FakeWatcher):
        watcher.touch("issues/a.md")
    heard = hints.through_cookie(watcher)
    assert any(
        isinstance(hint, Rescan) or hint == Touched(path=DocumentPath("issues/a.md")) for hint in heard
    )


def test_a_watcher_lives_from_start_to_stop_and_may_start_again(watcher: TreeWatcher, root: Path) -> None:
    hints = HeardHints()
    assert not watcher.is_alive()
    for _ in range(2):
        watcher.start(hints.put)
        assert watcher.is_alive()
        hints.through_cookie(watcher)
        watcher.stop()
        assert not watcher.is_alive()
    watcher.stop()


def test_after_a_stop_no_hint_comes(watcher: TreeWatcher, root: Path) -> None:
    hints = HeardHints()
    watcher.start(hints.put)
    hints.through_cookie(watcher)
    watcher.stop()
    later = HeardHints()
    (root / "issues" / "a.md").write_bytes(b"x")
    watcher.start(later.put)
    later.through_cookie(watcher)
    assert not any(isinstance(hint, Touched) for hint in _rest(hints))


def test_a_folder_of_git_that_is_not_there_is_left_out(watcher: TreeWatcher, root: Path) -> None:
    hints = HeardHints()
    watcher.watch_also(root.parent / "absent")
    watcher.start(hints.put)
    watcher.watch_also(root.parent / "absent too")
    hints.through_cookie(watcher)
    assert watcher.is_alive()


def _rest(hints: HeardHints) -> list[object]:
    rest: list[object] = []
    while not hints.is_empty():
        rest += hints.until(lambda _: True)
    return rest
