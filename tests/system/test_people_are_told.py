"""A question rings once: not again when it is rendered, not after kill -9, and never by a stranger's command."""

from pathlib import Path

from tests.system.desk import Desk, until


def sets(desk: Desk, hook: str, **notify: str) -> None:
    """`[notify]` with a command."""
    config = desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace("[commands]\n", f"[commands]\nring = '{hook}'\n")
    lines = "".join(f"{key} = {value}\n" for key, value in {"command": '"ring"', **notify}.items())
    assert text.count("[notify]\n") == 1
    config.write_text(text.replace("[notify]\n", f"[notify]\n{lines}"), encoding="utf-8")
    desk.dispatchd("sync", "--wait")


def rang(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def test_a_question_rings_once_over_a_kill_and_a_database_made_anew(desk: Desk) -> None:
    file = desk.root.parent / f"{desk.root.name}-rang.txt"
    sets(desk, f'grep "^-" >> {file}')
    desk.dispatchd("as", "ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt")
    until(lambda: rang(file), "nobody is told")
    desk.kill(desk.daemons[-1])
    desk.up()
    desk.dispatchd("as", "ash", "ask", "Which port?")
    until(lambda: len(rang(file)) > 1, "nobody is told of the second")
    desk.dispatchd("down")
    desk.dispatchd("rebuild", "--yes") if "--yes" in desk.ask("rebuild", "--help").out else desk.dispatchd(
        "rebuild"
    )
    desk.up()
    desk.dispatchd("as", "ash", "ask", "Which name?")
    until(lambda: len(rang(file)) > 2, "nobody is told of the third")
    assert [line.partition(": ")[2].partition(" (")[0] for line in rang(file)] == [
        "Which hash?",
        "Which port?",
        "Which name?",
    ]


def test_a_hook_that_fails_is_said_in_status_and_doctor_and_holds_up_nothing(desk: Desk) -> None:
    sets(desk, "echo the pager is off; exit 1")
    desk.dispatchd("as", "ash", "ask", "Which hash?")
    until(
        lambda: "not told: command: it ended with exit code 1: the pager is off" in desk.dispatchd("status"),
        "status does not say what failed",
    )
    assert desk.json("status")["untold"].endswith("the pager is off")
    assert "The last message did not go out by command" in desk.ask("doctor").out
    desk.dispatchd("sync", "--wait")


def test_106_a_command_that_a_strangers_commit_brings_is_not_run_before_a_person_says_so(desk: Desk) -> None:
    ours, hers = (desk.root.parent / f"{desk.root.name}-{whose}.txt" for whose in ("ours", "hers"))
    sets(desk, f"date >> {ours}")
    desk.dispatchd("down")
    config = desk.tree / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(str(ours), str(hers)), encoding="utf-8")
    who = ("-c", "user.name=Mallory", "-c", "user.email=mallory@evil.example")
    desk.tree_git(*who, "commit", "-qam", "Ring")
    desk.up()
    desk.dispatchd("as", "ash", "ask", "Which hash?")
    until(lambda: rang(ours), "the command in force is not run")
    asked = until(
        lambda: [
            each["id"]
            for each in desk.json("inbox", "list")["items"]
            if "changed config.toml" in each["title"]
        ],
        "nobody is asked about the settings",
    )
    assert rang(hers) == []
    desk.dispatchd("answer", asked[0], "Put it in force")
    desk.dispatchd("as", "ash", "ask", "Which port?")
    until(lambda: rang(hers), "what a person has put in force is not run")
