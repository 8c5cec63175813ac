"""`workflow`: what people see of the workflows there are."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.fakes.composition_double import CompositionDouble
from tests.system.json_ground import keys_of

OURS = '[[phase]]\nname = "build"\nrole = "coder"\n'


@pytest.fixture
def folder(composition: CompositionDouble) -> Path:
    folder = composition.root / ".dispatch" / "workflows"
    folder.mkdir(parents=True)
    return folder


def test_what_comes_along_is_listed_beside_a_teams_own(folder: Path, call: Call) -> None:
    (folder / "quick.toml").write_text(f'summary = "Just do it."\n{OURS}')
    code, out, _ = call("workflow", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["design-review", "plain", "quick", "tdd"]
    own = next(line for line in out.splitlines() if line.startswith("quick"))
    assert [part.strip() for part in own.split("  ") if part.strip()] == [
        "quick",
        "Just do it.",
        "1 phase",
        "workflows/quick.toml",
    ]


def test_a_copy_takes_the_place_of_ours_and_what_is_wrong_with_it_is_said(folder: Path, call: Call) -> None:
    (folder / "plain.toml").write_text(OURS.replace("coder", "cook"))
    assert 'cannot be used: "cook" is no role' in call("workflow", "list")[1]
    code, out, _ = call("workflow", "check")
    assert (code, out.splitlines()[0]) == (1, '.dispatch/workflows/plain.toml:3  "cook" is no role')
    code, _, err = call("workflow", "show", "plain")
    assert code == 1
    assert "workflows/plain.toml:3" in err


def test_a_check_that_names_no_command_is_said(folder: Path, call: Call) -> None:
    check = '[[phase]]\nname = "try"\ncheck = "lint"\notherwise = "build"\niterations = 2\n'
    (folder / "quick.toml").write_text(OURS + check)
    assert 'There is no command "lint"' in call("workflow", "check", "quick")[1]
    (folder / "quick.toml").write_text(OURS + check.replace("lint", "test"))
    assert call("workflow", "check") == (0, "Every path ends, or comes to a person.\n", "")


def test_one_is_drawn_as_text_graph_and_json(call: Call) -> None:
    text = call("workflow", "show", "tdd")[1]
    assert (
        " 5. verify red: dispatchd runs `test`, which has to fail; at most 3 rounds\n      otherwise → write tests\n"
        in text
    )
    assert call("workflow", "show", "tdd", "--mermaid")[1].startswith("flowchart TD\n")
    shown = json.loads(call("workflow", "show", "tdd", "--json")[1])
    assert shown["phases"][7]["leads"] == [
        {"when": "next", "to": "refactor"},
        {"when": "otherwise", "to": "implementation"},
        {"when": "changed", "to": "test review"},
    ]


def test_the_page_names_every_key_that_is_printed(call: Call) -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    part = page.partition("\n## Workflow\n")[2].partition("\n## ")[0]
    rows = {line.split("`")[1] for line in part.splitlines() if line.startswith("| `")}
    assert keys_of(json.loads(call("workflow", "show", "plain", "--json")[1]), frozenset()) == rows
    listed = keys_of(json.loads(call("workflow", "list", "--json")[1]), frozenset())
    assert {key.removeprefix("items.") for key in listed} - {"items"} <= rows


def test_a_name_that_nobody_has_is_answered_with_those_there_are(call: Call) -> None:
    code, _, err = call("workflow", "show", "tdt")
    assert code == 1
    assert "there are design-review, plain, tdd" in err


def test_a_file_that_a_shell_has_just_made_for_the_copy_is_none_yet(folder: Path, call: Call) -> None:
    (folder / "plain.toml").write_text("")
    assert call("workflow", "show", "plain", "--text")[1].startswith('title = "Plain"')
    assert call("workflow", "check")[0] == 0
    (folder / "own.toml").write_text("")
    assert call("workflow", "check", "own")[0] == 1


def test_the_text_of_one_can_be_copied(folder: Path, call: Call) -> None:
    text = call("workflow", "show", "plain", "--text")[1]
    (folder / "plain.toml").write_text(text)
    assert "workflows/plain.toml" in call("workflow", "list")[1]
    assert call("workflow", "check")[0] == 0
