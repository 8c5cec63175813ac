"""The scripts of `dispatchd completion` in the shells they are for."""

import shutil
from pathlib import Path

import pytest

from tests.system.desk import COMMAND, Desk

ISSUE = "---\nid: i-7k2m\ntitle: Login: times out, often\n---\n\nLogin\n"


@pytest.fixture
def workspace(idle_desk: Desk) -> Desk:
    idle_desk.save("issues/login.md", ISSUE)
    idle_desk.sync()
    return idle_desk


def need(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")


def test_bash_completes_ids_states_and_changes(workspace: Desk) -> None:
    script = workspace.dispatchd("completion", "bash")

    def completed(*words: str) -> list[str]:
        line = " ".join(f"'{word}'" for word in words)
        ask = f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _dispatchd_completion dispatchd\n"
        return workspace.do("bash", "--norc", "-c", ask + 'printf "%s\\n" "${COMPREPLY[@]}"').split("\n")[:-1]

    assert completed("dispatchd", "issue", "show", "i-") == ["i-7k2m"]
    assert completed("dispatchd", "issue", "list", "--status", "que") == ["queued"]
    assert completed("dispatchd", "issue", "set", "i-7k2m", "status", "=", "que") == ["queued"]
    workspace.git("branch", "release/2")
    workspace.git("branch", "dispatchd/release")
    assert completed("dispatchd", "merge", "--into", "rel") == ["release/2"]
    assert "dispatchd/release" not in completed("dispatchd", "merge", "into", "dis")


def test_fish_shows_titles_beside_ids(workspace: Desk) -> None:
    need("fish")
    ask = "dispatchd completion fish | source; complete -C 'dispatchd issue show i-'"
    said = workspace.do("fish", "--no-config", "-c", ask)
    assert said == "i-7k2m\tLogin: times out; often · unassigned\n"


def test_zsh_takes_the_script_and_asks_it(workspace: Desk, outside_tmp: Path) -> None:
    need("zsh")
    folder = outside_tmp / "zfunc"
    folder.mkdir()
    (folder / "_dispatchd").write_text(workspace.dispatchd("completion", "zsh"), encoding="utf-8")
    ask = f"fpath=({folder} $fpath); autoload -U compinit; compinit -u -D; print $_comps[dispatchd]; print $#_comps[To]"
    assert workspace.do("zsh", "-f", "-c", ask).split() == ["_dispatchd", "0"]
    asked = {
        "COMP_WORDS": "dispatchd issue show i-",
        "COMP_CWORD": "3",
        "_DISPATCHD_COMPLETE": "zsh_complete",
    }
    said = workspace.do("env", *(f"{name}={value}" for name, value in asked.items()), COMMAND)
    assert said.split("\n")[:3] == ["plain", "i-7k2m", "Login: times out; often · unassigned"]
