"""What an agent is told: who it is and how work is done here, and the document of one turn.

Both are plain Markdown that a person can read with `dispatchd agent context`. What others wrote (the text of an issue,
an answer, findings) stands under headings of its own, so that it cannot pass for what dispatchd says.
"""

from collections.abc import Iterator
from typing import Final

from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.activity import without_activity
from dispatchd.documents.issue_document import parse_issue
from dispatchd.documents.markdown_outline import outline
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import Occasion, Work, WorkPhase
from dispatchd.domain.due_turns import Due, brings_answer
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, Role
from dispatchd.domain.scheduling import Pick
from dispatchd.domain.thread import Thread

HOW: Final = """\
# How work is done here

You work in a worktree of your own, on a branch of your own. Nobody else writes there, and you write nowhere else.

- **Commit what you do.** What is not committed cannot be looked at; `submit_work` refuses a tree with changes.
- **Ask, do not guess,** when only a person can know: `ask_human` with two or three options. It does not wait for the \
answer. Commit, end your turn, and you go on with the answer in the next one.
- **Say when you are through**: `submit_work` with a summary of what changed and how you tested it. The checks run \
afterwards, on your work merged with everybody else's; what fails comes back to you.
- **Say when you cannot go on**: `report_blocked` with what is missing.
- `note_progress` tells people in a line where you are. `send_message` and `read_inbox` are for the other agents.

Approving, voting for a person and closing an issue are not yours to do.
"""


def system_for(work: UnitOfWork, assets: Assets, agent: Agent | None, made: Work) -> str:
    """Who the agent is, and how work is done here."""
    role = Role(agent.role) if agent is not None else Role.CODER
    parts = [assets.prompt(role).strip(), HOW.strip()]
    card = _body(work, made.agent)
    if card:
        parts.append(f"# About you, {made.agent}\n\n{card}")
    return "\n\n".join(parts) + "\n"


def prompt_for(work: UnitOfWork, _assets: Assets, pick: Pick, known: Work | None) -> str:
    """The document of the turn that *pick* begins."""
    issue = work.issue(pick.issue)
    if issue is None:
        return ""
    whole = known is None or known.agent != pick.agent.name or known.session is None
    parts = list(_news(work, pick, known))
    if whole:
        parts += list(_task(work, issue, known))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _news(work: UnitOfWork, pick: Pick, known: Work | None) -> Iterator[str]:
    """What has happened since the turn before."""
    for thread in work.threads_of(pick.issue):
        if brings_answer(thread, pick.agent.name):
            yield _answer(thread)
    if known is not None and known.phase is WorkPhase.BOUNCED and known.findings:
        yield f"# Your work came back\n\n{known.findings}"
    match pick.due.occasion:
        case Occasion.GO_ON:
            yield (
                "# Go on\n\nYour turn ended without a question and without work submitted. If the work is done, submit "
                "it; if you cannot go on, ask or report that you are blocked; otherwise go on."
            )
        case Occasion.RETRY:
            yield "# Go on\n\nYour last turn broke off. Look at what stands in your worktree, and go on from there."
        case _:
            return


def _answer(thread: Thread) -> str:
    said = thread.turns[-1]
    return f"# Answer to: {thread.title}\n\n{said.by.name} says:\n\n{_quoted(said.text)}"


def _task(work: UnitOfWork, issue: Issue, known: Work | None) -> Iterator[str]:
    facts = [f"- id: {issue.id}", f"- type: {issue.type}", f"- priority: {issue.priority}"]
    if issue.labels:
        facts.append(f"- labels: {', '.join(issue.labels)}")
    yield "\n".join([f"# Your issue: {issue.title}", "", *facts])
    body = _body(work, issue.id)
    yield body or "(The issue has no text besides its title.)"
    epic = work.epic(issue.epic) if issue.epic else None
    if epic is not None:
        stage = f', stage "{issue.stage}"' if issue.stage else ""
        yield f"# The epic it belongs to: {epic.title} ({epic.id}{stage})\n\n{_body(work, epic.id)}"
    results = list(_results(work, issue))
    if results:
        yield "# What it builds on\n\n" + "\n\n".join(results)
    if known is not None:
        yield (
            f"# Where it stands\n\nWork on the branch `{known.branch}` has begun already"
            + (f", by {known.agent}" if known.agent else "")
            + ". Read its commits before you go on."
        )


def _results(work: UnitOfWork, issue: Issue) -> Iterator[str]:
    for each in issue.depends_on:
        other, made = work.issue(each), work.work(each)
        if other is not None:
            said = f"\n\n{_quoted(made.summary)}" if made is not None and made.summary else ""
            yield f"- {other.id}: {other.title} ({other.status}){said}"


def _body(work: UnitOfWork, subject: str) -> str:
    """The text of a document, as its file says it, without its front matter."""
    record = work.documents.of(subject)
    if record is None or record.current is None:
        return ""
    text = work.blobs.get(record.current).decode("utf-8", errors="replace")
    return without_activity(outline(text, parse_issue(text).front.layout.body_at))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def context_for(work: UnitOfWork, assets: Assets, issue_id: str) -> str:
    """What an agent would be told if a turn on the issue began now: both documents, one after the other."""
    issue = work.issue(EntityId(issue_id))
    if issue is None:
        return ""
    known = work.work(issue.id)
    agents = tuple(work.agents())
    named = work.agent(issue.assignee) if issue.assignee else None
    role = issue.role or Role.CODER
    agent = named or next((each for each in agents if each.role == role), Agent(name="nobody", role=role))
    occasion = Occasion.BEGIN if known is None else Occasion.GO_ON
    pick = Pick(issue=issue.id, agent=agent, due=Due(occasion=occasion))
    made = known or Work(issue=issue.id, agent=agent.name, branch="", base="")
    system = system_for(work, assets, agent, made)
    return f"{system}\n---\n\n{prompt_for(work, assets, pick, known)}"
