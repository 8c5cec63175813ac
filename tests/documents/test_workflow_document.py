"""What a workflow's file may say, and that everything else is named with its line."""

import pytest

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.documents.workflow_document import WorkflowReading, read_workflow
from dispatchd.documents.workflow_drawing import drawn, mermaid
from dispatchd.domain.issue import Role
from dispatchd.domain.workflow import DONE, Expectation

PLAIN = """\
title = "Ours"

[[phase]]
name = "build"
role = "coder"
instruction = \"\"\"
name = "this is prose"
[[phase]]
\"\"\"

[[phase]]
name = "look"
role = "reviewer"
reviews = "build"
verdicts = { approve = "done", changes = "build" }
iterations = 3
"""


def read(text: str) -> WorkflowReading:
    return read_workflow(text, "ours")


def problems(text: str) -> list[str]:
    return [str(each) for each in read(text).problems]


def test_a_phase_leads_to_the_one_below_it_and_the_last_to_the_end() -> None:
    found = read('[[phase]]\nname = "a"\nrole = "coder"\n[[phase]]\nname = "b"\nrole = "Docs"\n').workflow
    assert found is not None
    assert [(each.next, each.role) for each in found.phases] == [("b", Role.CODER), (DONE, Role.DOCS)]


def test_what_stands_in_a_long_text_is_no_key_and_no_phase() -> None:
    assert read(PLAIN).problems == ()
    assert problems(PLAIN.replace('reviews = "build"', 'reviews = "bulid"')) == [
        '14: "look" judges "bulid", which is no phase. Did you mean "build"?'
    ]


def test_a_phase_without_a_name_is_said_to_have_none_and_nothing_else_of_it() -> None:
    assert problems('[[phase]]\nname = "build"\nrole = "coder"\n[[phase]]\nname = ""\n') == [
        '5: A phase has a name. Write name = "…"'
    ]


def test_what_is_nearly_the_word_issue_is_no_pattern() -> None:
    text = '[[phase]]\nname = "build"\nrole = "coder"\nartefact = "isue"\n'
    (said,) = problems(text)
    assert said.startswith('4: "isue" is nearly "issue", and no pattern. Write artefact = "issue"')
    assert problems(text.replace("isue", "./isue")) == problems(text.replace("isue", "issue")) == []


@pytest.mark.parametrize("name", sorted(PackagedAssets().workflows()))
def test_what_comes_with_dispatchd_can_be_used(name: str) -> None:
    reading = read_workflow(PackagedAssets().workflows()[name], name)
    assert reading.problems == ()
    assert reading.workflow is not None
    assert reading.workflow.summary


def test_the_test_driven_one_sees_red_before_green() -> None:
    workflow = read_workflow(PackagedAssets().workflows()["tdd"], "tdd").workflow
    assert workflow is not None
    names = [each.name for each in workflow.phases]
    assert names == [
        "specification", "design review", "write tests", "test review", "verify red", "implementation",
        "code review", "verify green", "refactor", "final review",
    ]  # fmt: skip
    red, green = workflow.phase("verify red"), workflow.phase("verify green")
    assert red is not None
    assert green is not None
    assert (red.expect, green.expect) == (Expectation.FAIL, Expectation.PASS)
    assert (green.since, green.leads("changed")) == ("verify red", "test review")


@pytest.mark.parametrize(
    ("changed", "to", "said"),
    [
        ('name = "look"', 'name = "build"', '12: There are two phases "build". Give one of them another name'),
        ('role = "coder"', 'role = "codre"', '5: "codre" is no role. Did you mean "coder"?'),
        ('role = "coder"', 'roel = "coder"', '5: A phase has no "roel". Did you mean "role"?'),
        ("iterations = 3", 'iterations = "3"', '16: "iterations" cannot be read. Write a whole number from 1'),
        ("iterations = 3", "iterations = 0", "16: A phase that may not begin is none. Write a whole number from 1"),
        (
            "iterations = 3\n",
            "",
            "4: This may go on for ever: build → look → build. Write iterations = 3 in one of these phases",
        ),
        (
            'changes = "build"',
            'changes = "bild"',
            '15: "look" leads to "bild", which is no phase. Did you mean "build"?',
        ),
        (
            'approve = "done"',
            'approve = "build"',
            '4: From "build" nothing leads to "done". Let it, or a phase after it, lead to "done"',
        ),
        ('role = "coder"', 'next = "done"\nrole = "coder"', '13: Nothing leads to "look". Let a phase lead there, or take it out'),
        ('title = "Ours"', "title = Ours", "1:9: This is not TOML: Invalid value. Texts stand in quotes, each phase below a line [[phase]]"),
        ('title = "Ours"', "title = 7", '1: "title" cannot be read. Write text in quotes'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(changed: str, to: str, said: str) -> None:
    assert said in problems(PLAIN.replace(changed, to))
    assert read(PLAIN.replace(changed, to)).workflow is None


CHECKED = '[[phase]]\nname = "build"\nrole = "coder"\n[[phase]]\nname = "try"\ncheck = "test"\n'


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", '6: "try" leads nowhere if its check disappoints. Write otherwise = "PHASE"'),
        ('otherwise = "build"', "2: This may go on for ever: build → try → build"),
        ('otherwise = "build"\nwithin = "soon"', '8: "within" cannot be read'),
        ('otherwise = "build"\nsince = "build"', "8: since and changed go together. Write both, or neither"),
        ('otherwise = "build"\nexpect = "red"', '8: "red" is no outcome. Write one of "pass" or "fail"'),
        ('otherwise = "build"\ngate = "Really?"', '8: "try" leads nowhere if its gate is refused'),
        (
            'otherwise = "build"\niterations = 2\nsince = "build"\nchanged = "build"',
            "9: The workflow does not say which files are tests",
        ),
    ],
)
def test_a_check_says_where_it_leads(more: str, said: str) -> None:
    assert any(each.startswith(said) for each in problems(CHECKED + more)), problems(CHECKED + more)


def test_a_workflow_begins_with_work() -> None:
    text = '[[phase]]\nname = "try"\ncheck = "test"\notherwise = "done"\n'
    assert problems(text) == [
        '2: The work cannot begin with "try". Begin with a phase in which a role makes something'
    ]
    assert problems("") == ["A workflow has phases. Write a [[phase]] for each"]


def test_a_thousand_phases_are_looked_at_in_no_time() -> None:
    phases = [
        f'[[phase]]\nname = "{n}"\nrole = "coder"\ncheck = "t"\notherwise = "{max(n - 1, 0)}"\n'
        for n in range(900)
    ]
    assert "This may go on for ever: " in problems("".join(phases))[0]


def test_it_is_drawn_as_text_and_as_a_graph() -> None:
    workflow = read(PLAIN).workflow
    assert workflow is not None
    assert drawn(workflow) == (
        " 1. build: coder",
        " 2. look: reviewer judges build; at most 3 rounds",
        "      approve → done",
        "      changes → build",
    )
    assert mermaid(workflow) == (
        "flowchart TD",
        '    p1["build<br/>coder"]',
        '    p2{"look<br/>reviewer"}',
        '    done(["done"])',
        "    p1 --> p2",
        '    p2 -- "approve" --> done',
        '    p2 -- "changes" --> p1',
    )


def test_the_drawing_says_what_tests_are_and_what_dispatchd_runs() -> None:
    workflow = read_workflow(PackagedAssets().workflows()["tdd"], "tdd").workflow
    assert workflow is not None
    lines = drawn(workflow)
    assert lines[0].startswith("Tests are tests/**, test/**, ")
    assert " 3. write tests: test, who changes tests" in lines
    assert " 5. verify red: dispatchd runs `test`, which has to fail; at most 3 rounds" in lines
    green = "dispatchd runs `test`, which has to pass, with the tests as they were after verify red"
    assert f" 8. verify green: {green}; at most 3 rounds" in lines


def test_a_name_says_nothing_of_its_own_in_the_graph() -> None:
    workflow = read(PLAIN.replace('"build"', '"a\\"]; click p1 [b"')).workflow
    assert workflow is not None
    assert mermaid(workflow)[1] == '    p1["a#34;#93;#59; click p1 #91;b<br/>coder"]'
