"""The example's documents and the templates, read by the parsers the daemon uses: nobody is taught a mistake."""

from pathlib import Path

import pytest

from dispatchd.documents.agent_document import parse_agent
from dispatchd.documents.config_document import read_config
from dispatchd.documents.epic_document import parse_epic
from dispatchd.documents.issue_document import parse_issue
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.proposal_document import parse_proposal
from dispatchd.domain.epic import GateKind
from dispatchd.domain.proposal import CreateIssue, SetFact

CHECKOUT = Path(__file__).resolve().parents[2]
TREE = CHECKOUT / "example-workspace" / "dispatch"
DOCUMENTS = [
    *sorted(TREE.glob("issues/*.md")),
    *sorted(TREE.glob("epics/*.md")),
    *sorted(TREE.glob("proposals/*.md")),
    *sorted(TREE.glob("agents/*/agent.md")),
    *sorted(CHECKOUT.glob("templates/*/_template.md")),
]


def problems_in(file: Path) -> tuple[DocumentProblem, ...]:
    text = file.read_text(encoding="utf-8")
    match file.relative_to(TREE if file.is_relative_to(TREE) else CHECKOUT / "templates").parts[0]:
        case "issues":
            return parse_issue(text).problems
        case "epics":
            return parse_epic(text).problems
        case "proposals":
            return parse_proposal(text).problems
        case folder:
            assert folder == "agents"
            return parse_agent(text).problems


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_it_reads_without_a_problem(file: Path) -> None:
    assert problems_in(file) == ()


def test_the_epic_has_a_gate_of_each_kind_that_the_story_needs() -> None:
    (file,) = TREE.glob("epics/*.md")
    plans = parse_epic(file.read_text(encoding="utf-8")).plans
    assert [plan.name for plan in plans] == ["Design", "Build", "Release"]
    gates = [plan.gate.kind for plan in plans if plan.gate is not None]
    assert gates == [GateKind.APPROVAL, GateKind.CHECKPOINT, GateKind.DECISION]


def test_the_proposals_actions_are_understood() -> None:
    (file,) = TREE.glob("proposals/*.md")
    kinds = [type(action) for action in parse_proposal(file.read_text(encoding="utf-8")).actions]
    assert kinds == [CreateIssue, SetFact]


@pytest.mark.parametrize("file", [TREE / "config.toml", CHECKOUT / "templates/config.toml"], ids=str)
def test_the_settings_are_all_known(file: Path) -> None:
    reading = read_config(file.read_text(encoding="utf-8"))
    assert reading.config is not None
    assert reading.problems == ()
