"""A program begun by a fork is no different, to whoever asks for it, from one that is started."""

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

from tests.system.desk import COMMAND, Desk, is_running, new_repository, until
from tests.system.warm import WARM, python_of


def both(
    root: Path, words: tuple[str, ...], environment: Mapping[str, str] | None = None
) -> tuple[object, object]:
    """What a command says when it is begun by a fork, and when it is started."""
    warm, cold = (
        Desk(root, environment=environment or {}),
        Desk(root, environment=environment or {}, cold=True),
    )
    return warm.run(COMMAND, *words), cold.run(COMMAND, *words)


def test_it_says_the_same_and_ends_the_same(tmp_path: Path) -> None:
    desk = new_repository(tmp_path / "work")
    for words in (("--version",), ("status",), ("no-such-command",), ("log", "--n"), ("init", "--help")):
        warm, cold = both(desk.root, words)
        assert warm == cold
    desk.dispatchd("init")
    desk.sync()
    for words in (("status",), ("config", "list"), ("check", "--json")):
        warm, cold = both(desk.root, words, {"COLUMNS": "70"})
        assert warm == cold


def test_it_reads_what_it_is_given_and_makes_ids_of_its_own(tmp_path: Path) -> None:
    desk = new_repository(tmp_path / "work")
    desk.dispatchd("init")
    for number in range(5):
        desk.do(COMMAND, "issue", "new", f"Number {number}", "--body-file", "-", stdin=f"Text {number}.\n")
    assert len(desk.issues()) == 5
    texts = "".join(file.read_text(encoding="utf-8") for file in desk.tree.glob("issues/*.md"))
    assert all(f"Text {number}.\n" in texts for number in range(5))


def test_many_are_begun_at_once(tmp_path: Path) -> None:
    desk = new_repository(tmp_path / "work")
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(desk.dispatchd("--version"))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(said) == 8
    assert len(set(said)) == 1


def test_a_daemon_is_a_process_of_its_own_that_can_be_killed(tmp_path: Path) -> None:
    desk = new_repository(tmp_path / "work")
    desk.init()
    try:
        pid = desk.up()
        assert os.getsid(pid) == pid
        assert sorted(Path(f"/proc/{pid}/fd").iterdir())
        targets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
        assert not [target for target in targets if "dispatchd-warm" in target]
        desk.kill(pid)
        until(lambda: desk.json("status")["daemon"] is None, "a daemon that is gone is said to run")
        other = desk.up()
        desk.sync()
        os.kill(other, signal.SIGTERM)
        until(lambda: not is_running(other), "the daemon does not stop")
        desk.is_level()
    finally:
        desk.end()


def test_where_python_is_to_be_set_up_otherwise_it_is_started(tmp_path: Path) -> None:
    assert WARM.suits([], os.environ)
    assert not WARM.suits([], {**os.environ, "PYTHONUTF8": "0"})
    assert not WARM.suits([], {**os.environ, "LC_ALL": "C"})
    assert python_of({"PATH": "/bin", "PYTHONPATH": "/x"}) == {"PYTHONPATH": "/x"}
