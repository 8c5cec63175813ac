"""Files that cannot be read or must not be written: said in every place where people look, and never a traceback."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.desk import BRISK, Desk, is_running, until
from tests.system.standing_files import NO_COOKIES
from tests.system.standing_still import standing_still

PATH = "issues/login timeout.md"


@pytest.fixture
def desk(bare_desk: Desk) -> Desk:
    """Two saves soon after each other are no autosave here: an answer need not wait for ten seconds of quiet."""
    bare_desk.init(sync={**BRISK, "autosave_within": "100ms"})
    bare_desk.up()
    return bare_desk


@pytest.fixture
def issue(desk: Desk) -> str:
    desk.save(PATH, "The form gives up after two seconds.\n")
    desk.sync()
    desk.sed("s/^status: .*/status: queued/", PATH)
    desk.sync()
    return desk.fact(PATH, "id")


def conflicted(text: bytes) -> bytes:
    return text.replace(
        b"priority: medium\n", b"<<<<<<< HEAD\npriority: high\n=======\npriority: low\n>>>>>>> theirs\n"
    )


RUINS: dict[str, tuple[Callable[[bytes], bytes], int]] = {
    "conflict markers in the facts": (conflicted, 5),
    "conflict markers in the text": (
        lambda text: text + b"<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> theirs\n",
        11,
    ),
    "no closing fence": (lambda text: text.replace(b"---\n\nThe", b"\nThe"), 1),
    "bytes that are no UTF-8": (lambda text: text + b"caf\xe9\n", 11),
    "a zero byte": (lambda text: text + b"a\x00b\n", 11),
}


@pytest.mark.parametrize(("ruin", "line"), RUINS.values(), ids=RUINS)
def test_a_file_that_cannot_be_read_keeps_its_bytes_and_its_issue_its_state(
    ruin: Callable[[bytes], bytes], line: int, desk: Desk, issue: str
) -> None:
    good = desk.path(PATH).read_bytes()
    bad = ruin(good)
    assert bad != good
    desk.path(PATH).write_bytes(bad)
    desk.sync()
    assert desk.path(PATH).read_bytes() == bad
    assert desk.issues()[issue]["status"] == "queued"
    listed = desk.ask("issue", "list")
    assert issue in listed.out
    assert PATH in listed.err
    assert [(problem["path"], problem["line"]) for problem in desk.problems()] == [(PATH, line)]
    status = desk.dispatchd("status")
    assert f"{PATH}:{line}" in status
    assert status.count(PATH) == 1, "one fault is one line"
    thread = desk.read(desk.only("inbox/t-*.md"))
    assert "kind: problem" in thread
    assert PATH in thread
    assert f"line {line}" in thread or f":{line}" in thread, thread

    desk.dispatchd("issue", "set", issue, "labels+=auth")
    desk.sync()
    assert desk.path(PATH).read_bytes() == bad
    desk.path(PATH).write_bytes(good)
    desk.sync()
    assert desk.problems() == []
    assert not list(desk.tree.glob("inbox/t-*.md"))
    assert desk.fact(PATH, "labels") == "[auth]"
    assert desk.fact(PATH, "status") == "queued"
    desk.is_level()


def make_link(place: Path) -> None:
    place.symlink_to("/etc/hostname")


def make_large(place: Path) -> None:
    place.write_bytes(b"x" * (2 * 1024 * 1024))


def make_latin(place: Path) -> None:
    place.write_bytes(b"caf\xe9\n")


STRANGERS: dict[str, Callable[[Path], None]] = {
    "a symbolic link": make_link,
    "a FIFO": os.mkfifo,
    "two MiB": make_large,
    "no UTF-8": make_latin,
    "a folder": lambda place: place.mkdir(),
}


def test_064_what_is_no_text_of_ours_is_reported_and_left_alone(desk: Desk, issue: str) -> None:
    for name, make in STRANGERS.items():
        make(desk.path(f"issues/{name}.md"))
    desk.save("notes/somewhere.md", "In no known folder.\n")
    desk.sync()
    problems = {problem["path"]: f"{problem['what']} {problem['hint']}" for problem in desk.problems()}
    for name in STRANGERS:
        if name != "a folder":
            assert f"issues/{name}.md" in problems, problems
    assert "notes/somewhere.md" in problems
    assert list(desk.issues()) == [issue]
    status = desk.dispatchd("status")
    for path in problems:
        assert path in status
    assert desk.path("issues/a symbolic link.md").is_symlink()
    assert desk.path("issues/a FIFO.md").is_fifo()
    assert "Traceback" not in desk.logs(), desk.logs()
    for name in STRANGERS:
        desk.do("rm", "-rf", f"issues/{name}.md", cwd=desk.tree)
    desk.path("notes/somewhere.md").rename(desk.path("issues/somewhere.md"))
    desk.sync()
    assert desk.problems() == []
    assert "Problems" not in desk.dispatchd("status")
    assert len(desk.issues()) == 2
    desk.is_level()


def test_081_a_file_with_two_names_is_read_and_never_split(desk: Desk, issue: str) -> None:
    other = desk.root.parent / "other name.md"
    os.link(desk.path(PATH), other)
    desk.dispatchd("issue", "set", issue, "priority=high")
    desk.sync()
    assert "is not written: it has several hard links" in desk.ask("sync", "--wait").err
    assert desk.path(PATH).stat().st_ino == other.stat().st_ino
    assert any(problem["path"] == PATH and "link" in problem["what"] for problem in desk.problems()), (
        desk.problems()
    )
    with other.open("a", encoding="utf-8") as opened:
        opened.write("More.\n")
    desk.sync()
    assert desk.dispatchd("issue", "show", issue).count("More.") == 1
    other.unlink()
    desk.path(PATH).touch()
    desk.sync()
    assert desk.fact(PATH, "priority") == "high"
    assert "More." in desk.read(PATH)
    assert desk.problems() == []


def test_a_read_only_file_is_answered_and_stays_read_only(desk: Desk, issue: str) -> None:
    desk.path(PATH).chmod(0o444)
    desk.dispatchd("issue", "set", issue, "priority=high")
    desk.sync()
    assert desk.fact(PATH, "priority") == "high"
    assert desk.path(PATH).stat().st_mode & 0o777 == 0o444


def test_settings_that_cannot_be_read_leave_the_last_good_ones_in_force(desk: Desk, issue: str) -> None:
    good = desk.read("config.toml")
    desk.save("config.toml", good + "\n[people\n")
    desk.sync()
    assert any(problem["path"] == "config.toml" for problem in desk.problems())
    desk.sed("s/^priority: .*/priority: low/", PATH)
    desk.sync()
    assert desk.issues()[issue]["priority"] == "low"
    assert desk.event_types(issue)[-1] == "FactSet"
    assert desk.events(issue)[-1]["actor"] == "alice"
    desk.save("config.toml", good)
    desk.sync()
    assert desk.problems() == []


def test_a_name_that_is_no_text_is_told_of_and_the_daemon_goes_on(desk: Desk, issue: str) -> None:
    (pid,) = desk.daemons
    bad = Path(os.fsdecode(os.fsencode(desk.path("issues")) + b"/caf\xe9.md"))
    bad.write_bytes(b"new\n")
    desk.save("issues/other.md", "another\n")
    desk.sync()
    assert [problem["path"] for problem in desk.problems()] == ["issues/caf\\xe9.md"]
    assert "issues/caf\\xe9.md" in desk.dispatchd("status")
    bad.unlink()
    desk.path("issues/other.md").rename(bad)
    bad.with_suffix("").mkdir()
    (bad.with_suffix("") / "in it.md").write_bytes(b"below\n")
    desk.sed("s/^priority: .*/priority: high/", PATH)
    desk.sync()
    assert desk.fact(PATH, "priority") == "high"
    assert {problem["path"] for problem in desk.problems()} == {
        "issues/caf\\xe9.md",
        "issues/caf\\xe9/in it.md",
    }
    desk.ask("doctor")
    (bad.with_suffix("") / "in it.md").unlink()
    bad.rename(desk.path("issues/caf\u00e9.md"))
    desk.sync()
    assert desk.problems() == []
    assert len(desk.issues()) == 2
    assert desk.daemons == [pid]
    assert is_running(pid)


def test_a_name_that_is_no_text_is_pulled_and_everything_else_of_the_commit_counts(
    desk: Desk, issue: str
) -> None:
    (pid,) = desk.daemons
    bad = Path(os.fsdecode(os.fsencode(desk.path("issues")) + b"/caf\xe9.md"))
    with standing_still(desk):  # or its own commit of the save is in the way of this one, where git is slow
        bad.write_bytes(b"new\n")
        desk.sed("s/^priority: .*/priority: high/", PATH)
        desk.tree_git("add", "-A", "--", ".", NO_COOKIES)
        desk.tree_git("commit", "-qm", "Both")
    desk.sync()
    assert desk.issues()[issue]["priority"] == "high"
    assert [problem["path"] for problem in desk.problems()] == ["issues/caf\\xe9.md"]
    assert is_running(pid)
    desk.dispatchd("rebuild")
    assert desk.issues()[issue]["priority"] == "high"
    assert b"caf\\351.md" in desk.tree_git("ls-files").encode()


def test_nobody_waits_for_a_write_into_a_file_whose_deletion_is_asked_about(desk: Desk) -> None:
    paths = [f"issues/{number}.md" for number in range(12)]
    for path in paths:
        desk.save(path, "Text\n")
    desk.sync()
    subject = desk.fact(paths[3], "id")
    for path in paths:
        desk.path(path).unlink()
    until(lambda: list(desk.tree.glob("inbox/t-*.md")), "nobody asks")
    desk.dispatchd("issue", "set", subject, "priority=high")
    told = desk.ask("sync", "--wait")
    assert told.code == 0
    assert f"{paths[3]} is not written: its file is gone" in told.err
    assert "dispatchd waiting" in told.err


LINES = "a \x7f b \x85 c \u2028 d \u2029 e"
"""What JSON leaves as it is in its strings, and readers of lines take for the end of one."""


def test_072_words_with_other_ends_of_lines_are_committed_like_any(desk: Desk, issue: str) -> None:
    desk.dispatchd("comment", issue, f"One: {LINES}")
    text = desk.read(PATH)
    desk.path(PATH).write_text(f"{text.rstrip()}\n\nTwo: {LINES}\n", encoding="utf-8", newline="")
    desk.sync()
    desk.dispatchd("sync", "--wait")
    assert "a bug" not in desk.dispatchd("status")
    said = [str(each) for each in desk.events(issue) if "\u2028" in str(each) or "\\u2028" in str(each)]
    assert len(said) == 2, desk.event_types()
    desk.is_level()


def test_check_tells_of_a_card_that_was_not_taken_in_until_it_is_another_one(desk: Desk) -> None:
    desk.save("agents/ASH/agent.md", "---\nname: ASH\nrole: coder\n---\n\nWorks.\n")
    until(lambda: '"ASH" is none' in desk.dispatchd("status"), "status does not tell of it")
    (told,) = desk.problems()
    assert told["path"] == "agents/ASH/agent.md"
    assert '"ASH" is none' in told["what"]
    desk.down()
    assert len(desk.problems()) == 1
    desk.path("agents/ASH/agent.md").unlink()
    assert desk.problems() == []


def test_a_control_socket_that_somebody_takes_away_is_made_again(desk: Desk, issue: str) -> None:
    socket = desk.private / "control.sock"
    for reason in ("first", "second"):
        socket.unlink()
        desk.dispatchd("pause", reason)
        assert reason in desk.dispatchd("status")
        assert socket.stat().st_mode & 0o777 == 0o600
    desk.dispatchd("resume")
    desk.down()
    assert not desk.bugs()
