"""What a coordinator is shown of everything it set in motion, as it stands now."""

from collections.abc import Mapping, Sequence
from typing import Any

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.coordination import answers_wanted
from dispatchd.domain.epic import Epic
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.issue import Issue
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread, ThreadKind


def collected(work: UnitOfWork, run: AgentRun, plans: Sequence[Epic]) -> Mapping[str, Any]:
    """Plans with their issues, answers of roles and of people, votes."""
    proposals = (each for each in work.entities(EntityKind.PROPOSAL) if isinstance(each, Proposal))
    questions = (each for each in work.threads_of(run.issue) if each.sender == run.agent)
    return {
        "plans": [_plan(work, each) for each in plans],
        "answers": [_answer(each) for each in answers_wanted(work, run.issue)],
        "questions": [_question(each) for each in questions if each.kind is ThreadKind.QUESTION],
        "votes": [
            _vote(each) for each in proposals if each.proposer.handle == run.agent and not each.removed
        ],
    }


def _plan(work: UnitOfWork, epic: Epic) -> Mapping[str, Any]:
    issues = list(work.issues_of(epic.id))
    return {
        "id": epic.id,
        "title": epic.title,
        "status": epic.status,
        "stages": [
            {
                "name": stage.name,
                "state": stage.state,
                "not_made_yet": list(stage.plan.wanted),
                "issues": [_issue(each) for each in issues if each.stage == stage.name],
            }
            for stage in epic.stages
        ],
    }


def _issue(issue: Issue) -> Mapping[str, Any]:
    return {"id": issue.id, "title": issue.title, "status": issue.status, "assignee": issue.assignee}


def _answer(issue: Issue) -> Mapping[str, Any]:
    said = [each.text for each in issue.comments if not each.withdrawn and each.by.handle == issue.assignee]
    return {
        "id": issue.id,
        "asked": issue.title,
        "role": issue.role,
        "status": issue.status,
        "answer": said[-1] if said and issue.status.is_final else None,
    }


def _question(thread: Thread) -> Mapping[str, Any]:
    said = thread.turns[-1].text if len(thread.turns) > 1 else None
    return {
        "thread": thread.id,
        "asked": thread.title,
        "status": thread.status,
        "chosen": thread.chosen,
        "said": said,
    }


def _vote(proposal: Proposal) -> Mapping[str, Any]:
    return {
        "id": proposal.id,
        "title": proposal.title,
        "status": proposal.status,
        "votes": [
            {"voter": each.voter, "choice": each.choice, "reason": each.signature.reason}
            for each in proposal.votes
        ],
    }
