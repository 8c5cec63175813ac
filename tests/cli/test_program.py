import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dispatchd.cli.grammar import OTHER_WORDS, Noun, Verb
from dispatchd.cli.program import SECTIONS, program
from dispatchd.domain.errors import Rejected, WorkspaceError
from tests.cli.conftest import Call
from tests.fakes.composition_double import CompositionDouble


def every_command() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {verb}", each) for verb, each in command.commands.items())


@pytest.mark.parametrize(
    ("name", "command"), list(every_command()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_says_what_it_does_and_gives_an_example(name: str, command: click.Command) -> None:
    assert isinstance(command, Verb | Noun)
    assert command.examples
    assert all(example.count("dispatchd") for example in command.examples)
    with click.Context(command, info_name=name) as context:
        text = command.get_help(context)
    assert "Examples:" in text
    assert command.help


def test_the_help_of_a_group_has_every_verb_with_a_whole_sentence_that_stands_alone() -> None:
    for name, command in every_command():
        if not isinstance(command, Noun):
            continue
        with click.Context(command, info_name=name) as context:
            told = " ".join(command.get_help(context).split())
        for verb, each in command.commands.items():
            first = (
                " ".join((each.help or "").partition("\n\n")[0].split()).partition(". ")[0].removesuffix(".")
            )
            assert f" {verb} {first}." in told, f"{name} --help cuts {verb} short"
            assert not first.startswith("The same"), f"{name} {verb}: the same as what?"


def test_the_overview_loads_no_command() -> None:
    code = (
        "import sys; from dispatchd.cli.program import program\n"
        "try: program.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m.startswith('dispatchd.cli.') and 'command' in m], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "status" in done.stdout


def test_the_overview_names_every_command_in_a_section(composition: CompositionDouble, call: Call) -> None:
    _, out, _ = call("--help")
    assert all(f"  {name} " in out for section in SECTIONS.values() for name in section)


def test_a_misspelt_command_is_answered_with_the_one_that_is_close(
    composition: CompositionDouble, call: Call
) -> None:
    code, out, err = call("isue", "list")
    assert (code, out) == (2, "")
    assert "Did you mean issue" in err
    code, _, err = call("gate", "aprove", "e-3fq9")
    assert code == 2
    assert "Did you mean approve?" in err
    assert "Did you mean status?" in call("tsatus")[2]
    code, _, err = call("nope")
    assert code == 2
    assert "Did you mean" not in err


def test_a_command_of_another_tool_is_answered_with_what_does_it_here(
    composition: CompositionDouble, call: Call
) -> None:
    code, out, err = call("search", "login")
    assert (code, out) == (2, "")
    assert 'Here it is `program issue list --text "WORDS"`.' in err
    known = {name for name, _ in every_command()} | {"--version"}
    for ours in OTHER_WORDS.values():
        first = ours.split()
        assert known & {first[0], " ".join(first[:2])}, f"{ours} is no command"
    _, _, err = call("xyzzy")
    assert err.endswith('has no command "xyzzy".\n')


def test_words_that_are_no_utf8_are_refused_before_anything_is_asked(
    composition: CompositionDouble, call: Call
) -> None:
    def fail(_: object) -> dict[str, object]:
        raise AssertionError("it was asked")

    composition.reply = fail
    for words in (
        ("gate", "approve", "e-\udce9"),
        ("issue", "set", "i-7k2m", "title=caf\udce9"),
        ("why", "\udce9"),
    ):
        code, out, err = call(*words)
        assert (code, out) == (2, "")
        assert "\\xe9" in err
        assert "UTF-8" in err


def test_a_refusal_exits_1_and_says_why_on_the_error_stream(
    composition: CompositionDouble, call: Call
) -> None:
    def refuse(_: object) -> dict[str, object]:
        raise Rejected("queued would work; that would not")

    composition.reply = refuse
    assert call("gate", "approve", "e-3fq9") == (
        1,
        "",
        "dispatchd: queued would work; that would not\n",
    )


def test_a_missing_workspace_exits_1_with_the_next_command(
    composition: CompositionDouble, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(_: Path) -> None:
        raise WorkspaceError("this is no workspace: dispatchd init")

    monkeypatch.setattr(composition, "find_workspace", nowhere)
    assert call("down") == (1, "", "dispatchd: this is no workspace: dispatchd init\n")


def test_a_bug_exits_3_and_its_traceback_is_kept_in_the_log_folder(
    composition: CompositionDouble, call: Call
) -> None:
    def break_down(_: object) -> dict[str, object]:
        raise ZeroDivisionError("nobody thought of this")

    composition.reply = break_down
    (composition.root / ".git").mkdir()
    code, out, err = call("gate", "approve", "e-3fq9")
    assert (code, out) == (3, "")
    (kept,) = (composition.root / ".git" / "dispatchd" / "logs").iterdir()
    assert str(kept) in err
    assert "Traceback" not in err
    assert "break_down" in kept.read_text(encoding="utf-8")


def test_ctrl_c_exits_130(composition: CompositionDouble, call: Call) -> None:
    def interrupt(_: object) -> dict[str, object]:
        raise KeyboardInterrupt

    composition.reply = interrupt
    code, _, err = call("gate", "approve", "e-3fq9")
    assert code == 130
    assert "Traceback" not in err


def test_a_full_disk_is_no_bug(composition: CompositionDouble, call: Call) -> None:
    def fill(_: object) -> dict[str, object]:
        raise OSError(28, "No space left on device", "/repo/.git/dispatchd/state.db")

    composition.reply = fill
    code, _, err = call("gate", "approve", "e-3fq9")
    assert (code, err) == (1, "dispatchd: /repo/.git/dispatchd/state.db: No space left on device\n")


def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    code = (
        "import sys; from dispatchd.cli.failures import exit_code_of\n"
        "def run():\n"
        "    for _ in range(100000): print('line')\n"
        "sys.exit(exit_code_of(run, lambda: None))"
    )
    done = subprocess.run(
        ["bash", "-c", '"$0" -c "$1" | head -1; echo "${PIPESTATUS[0]}"', sys.executable, code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "line\n0\n"
    assert done.stderr == ""


def test_a_closed_standard_input_is_an_empty_one(tmp_path: Path) -> None:
    command = f"{sys.executable} -P -m dispatchd comment i-7k2m - <&-"
    ended = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "bug" not in ended.stderr
    assert ended.returncode == 1, "there is no workspace, and that is all there is to say"
