import errno
import io
import json
import logging
import os
from pathlib import Path

import pytest

from dispatchd.adapters.system import logging_setup
from dispatchd.adapters.system.logging_setup import level_named, logging_to

log = logging.getLogger("dispatchd.tests")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_record_is_one_line_of_json_with_sentence_action_and_ids(tmp_path: Path) -> None:
    with logging_to(tmp_path / "logs") as path:
        log.info("Issue %s is queued.\nReally.", "i-7k2m", extra={"action": "move", "issue": "i-7k2m"})
    (line,) = lines(path)
    assert line["message"] == "Issue i-7k2m is queued.\nReally."
    assert (line["level"], line["action"], line["issue"]) == ("INFO", "move", "i-7k2m")
    assert list(line) == ["at", "level", "logger", "message", "action", "issue"]


def test_a_failure_carries_its_traceback_in_the_same_line(tmp_path: Path) -> None:
    with logging_to(tmp_path) as path:
        try:
            raise ValueError("broken")  # noqa: TRY301 - the record needs a real traceback
        except ValueError:
            log.exception("The relay stopped.", extra={"action": "relay"})
    (line,) = lines(path)
    assert "ValueError: broken" in str(line["traceback"])


def test_on_a_terminal_it_is_a_sentence_with_its_ids(tmp_path: Path) -> None:
    echo = io.StringIO()
    with logging_to(tmp_path, echo=echo):
        log.warning("The mount sends no events.", extra={"action": "watch", "path": "issues"})
    assert echo.getvalue().endswith("WARNING The mount sends no events.  (path=issues)\n")


def test_others_are_heard_from_warning_on_and_ours_from_info(tmp_path: Path) -> None:
    with logging_to(tmp_path) as path:
        logging.getLogger("watchdog").info("chatter")
        logging.getLogger("watchdog").warning("trouble")
        log.debug("detail")
        log.info("news")
    assert [line["message"] for line in lines(path)] == ["trouble", "news"]


def test_the_log_turns_over_before_it_grows_large_and_keeps_a_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging_setup, "_LARGEST", 2000)
    with logging_to(tmp_path):
        for number in range(300):
            log.info("Sentence %d.", number)
    files = sorted(file.name for file in tmp_path.iterdir())
    assert files == ["dispatchd.log", *(f"dispatchd.log.{number}" for number in range(1, 6))]
    assert all(file.stat().st_size <= 2000 for file in tmp_path.iterdir())
    assert lines(tmp_path / "dispatchd.log")[-1]["message"] == "Sentence 299."


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with logging_to(tmp_path / "logs") as path:
            log.info("private")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_afterwards_everything_is_as_before(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = list(root.handlers), root.level, logging.getLogger("dispatchd").level
    with logging_to(tmp_path):
        pass
    assert (list(root.handlers), root.level, logging.getLogger("dispatchd").level) == before


def test_a_level_is_read_in_any_case_and_a_wrong_one_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert level_named(" Debug ") == logging.DEBUG
    assert level_named("loud") == logging.INFO
    assert 'Unknown log level "loud"' in capsys.readouterr().err


class _Full(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_014_a_line_that_finds_no_room_is_left_out_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to(tmp_path, echo=_Full()) as path:
        log.warning("the first line")
        log.warning("the second line")
    assert capsys.readouterr().err == ""
    assert [line["message"] for line in lines(path)] == ["the first line", "the second line"]
