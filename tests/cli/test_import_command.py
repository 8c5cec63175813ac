import json
from dataclasses import replace
from pathlib import Path

import pytest

from dispatchd.application.imports.answer import ItemState, Note, Outcome
from dispatchd.application.imports.report import ImportOptions, ImportReport, Tool
from dispatchd.documents.foreign.item import Becomes, ForeignItem, Haul, LeftOut, Remark
from tests.cli.conftest import Call
from tests.fakes.composition_double import CompositionDouble


def item(number: int, becomes: Becomes = Becomes.ISSUE) -> ForeignItem:
    return ForeignItem(
        source=f"beads:bd-{number}", becomes=becomes, path="issues.jsonl", line=number, title="T"
    )


def came(number: int, state: ItemState = ItemState.IMPORTED, **more: object) -> Outcome:
    return Outcome(source=f"beads:bd-{number}", state=state, id=f"i-000{number}", **more)  # type: ignore[arg-type]


def report(*outcomes: Outcome, dry_run: bool = False, broken: bool = False) -> ImportReport:
    items = [item(1), item(2, Becomes.EPIC), item(3), item(4)]
    left = [
        LeftOut(path="issues.jsonl", line=at, why="deleted there", detail=f"on day {at}")
        for at in range(9, 15)
    ]
    if broken:
        left.append(LeftOut(path="issues.jsonl", line=20, why="it is not JSON", broken=True))
    remarks = [Remark(path="issues.jsonl", line=1, what="a key stands twice", detail="ti\x1btle")]
    haul = Haul(tool="beads", items=items, left_out=left, remarks=remarks)
    made = ImportReport.of(Tool.BEADS, "issues.jsonl", haul, (), dry_run=dry_run)
    made.add(outcomes)
    return made


@pytest.fixture(autouse=True)
def _files(composition: CompositionDouble) -> None:
    (composition.root / "issues.jsonl").touch()
    (composition.root / "backlog").mkdir()


def test_the_report_says_of_everything_what_came_of_it(call: Call, composition: CompositionDouble) -> None:
    noted = came(
        3, kept=("owner",), notes=(Note(what="what it refers to is not here", detail="depends on x"),)
    )
    composition.brought = report(came(1, kept=("owner",)), came(2), noted, came(4, ItemState.HERE))
    code, out, err = call("import", "beads", "issues.jsonl")
    assert code == 0
    assert out == (
        "Imported 3 of 10 from beads: 2 issues, 1 epic.\n"
        "1 came before and stays as it is here.\n"
        "\n"
        "Left out: 6\n"
        "  6 × deleted there\n"
        "      issues.jsonl:9  on day 9\n"
        "      issues.jsonl:10  on day 10\n"
        "      issues.jsonl:11  on day 11\n"
        "      … and 3 more; --json lists all\n"
        "\n"
        "Worth a look: 2\n"
        "  1 × a key stands twice\n"
        "      issues.jsonl:1  ti␛tle\n"
        "  1 × what it refers to is not here\n"
        "      issues.jsonl:3  depends on x\n"
        "\n"
        "Kept in the text, for want of a place\n"
        "  owner (2)\n"
    )
    assert "dispatchd issue list" in err
    assert "…" not in err  # progress is for terminals


def test_what_could_not_be_read_shows_in_the_exit_code(call: Call, composition: CompositionDouble) -> None:
    composition.brought = report(came(1), broken=True)
    code, out, _ = call("import", "beads", "issues.jsonl")
    assert code == 1
    assert "1 × it is not JSON\n      issues.jsonl:20\n" in out


def test_a_look_beforehand_says_would(call: Call, composition: CompositionDouble) -> None:
    composition.brought = report(came(1), dry_run=True)
    code, out, err = call("import", "beads", "issues.jsonl", "--dry-run", "--deleted")
    assert (code, err) == (0, "")
    assert out.startswith("Would import 1 of 7 from beads: 1 issue.\n")
    assert composition.imports == [
        ("beads", Path("issues.jsonl"), ImportOptions(dry_run=True, with_deleted=True))
    ]


def test_counts_add_up_in_json(call: Call, composition: CompositionDouble) -> None:
    refused = came(3, ItemState.SKIPPED, why="no")
    composition.brought = report(came(1), came(4, ItemState.HERE), refused, broken=True)
    code, out, _ = call("import", "beads", "issues.jsonl", "--json")
    said = json.loads(out)
    assert code == 1
    assert said["read"] == said["imported"] + said["here"] + said["skipped"] == 10
    assert len(said["left_out"]) == said["skipped"]
    assert [each["state"] for each in said["items"]] == ["imported", "here"]


@pytest.mark.parametrize(
    ("words", "tool"),
    [
        (("backlog-md", "backlog"), "backlog-md"),
        (("task-master", "issues.jsonl"), "task-master"),
        (("github-json", "issues.jsonl"), "github-json"),
    ],
)
def test_every_tool_has_its_word(
    call: Call, composition: CompositionDouble, words: tuple[str, ...], tool: str
) -> None:
    composition.brought = report()
    assert call("import", *words)[0] == 0
    assert composition.imports == [(tool, Path(words[1]), ImportOptions())]


def test_a_file_that_is_not_there_is_a_wrong_call(call: Call) -> None:
    code, _, err = call("import", "beads", "nowhere.jsonl")
    assert code == 2
    assert "nowhere.jsonl" in err
    assert call("import", "backlog-md", "issues.jsonl")[0] == 2


def test_who_is_nobody_here_is_named_so_that_it_can_be_put_right_first(
    call: Call, composition: CompositionDouble
) -> None:
    made = report(came(1, kept=("assignee",)), dry_run=True)
    made.by_source = {each: replace(item, assignees=("MrLesk",)) for each, item in made.by_source.items()}
    composition.brought = made
    out = call("import", "beads", "issues.jsonl", "--dry-run")[1]
    assert out.endswith(
        "  assignees who are not in [people]: @MrLesk (1); enter them there first, then import\n"
    )


def test_what_came_before_is_not_remarked_upon_again() -> None:
    said = Remark(path="issues.jsonl", line=4, what="a key stands twice", source="beads:bd-4")
    made = report(came(4, ItemState.HERE), came(3))
    made.remarks.append(said)
    assert said not in made.worth_a_look
    assert len(made.worth_a_look) == 1


def test_what_was_said_of_a_whole_file_is_said_again_only_while_something_in_it_is_new() -> None:
    said = Remark(path="issues.jsonl", line=1, what="it is not UTF-8")
    for state, times in ((ItemState.HERE, 0), (ItemState.IMPORTED, 1)):
        made = report(came(4, state), came(3, ItemState.HERE))
        made.remarks.append(said)
        assert made.worth_a_look.count(said) == times
