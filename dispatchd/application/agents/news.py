"""What a turn is told that has happened since the agent's turn before: answers, why work came back, and what people
have changed in its issue meanwhile.

What its issue said is noted with each turn (`AgentRun.told`), so that the next one is told what is new of it and no more.
"""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Final

from dispatchd.application.agents.fitting import Part
from dispatchd.application.agents.issue_texts import as_told
from dispatchd.application.agents.outside import came_from, marked, quoted
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.digest import digest
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, Work, WorkPhase
from dispatchd.domain.due_turns import brings_answer
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.scheduling import Pick
from dispatchd.domain.thread import Thread

CHANGES_WEIGHT: Final = 1
_AROUND: Final = 2
_MOST_COMPARED: Final = 200_000
"""Characters of a text of which lines are compared: what is longer is told as it is now."""
_BY_LINES: Final = "What is new begins with `+`, what is not there any more with `-`:"
_AS_IT_IS: Final = "This is what it says now:"


def news(work: UnitOfWork, pick: Pick, known: Work | None) -> Iterator[Part]:
    """What has happened to the work: answers, why it came back, and why a turn begins where nothing else says so."""
    for thread in work.threads_of(pick.issue):
        if brings_answer(thread, pick.agent.name):
            yield Part(text=_answer(thread))
    if known is not None and known.phase is WorkPhase.BOUNCED and known.findings:
        yield Part(text=f"# Your work came back\n\n{known.findings}")
    match pick.due.occasion:
        case Occasion.GO_ON:
            yield Part(
                text="# Go on\n\nYour turn ended without a question and without work submitted. If the work is done, "
                "submit it; if you cannot go on, ask or report that you are blocked; otherwise go on."
            )
        case Occasion.RETRY:
            yield Part(
                text="# Go on\n\nYour last turn broke off. Look at what stands in your worktree, and go on from there."
            )
        case _:
            return


def _answer(thread: Thread) -> str:
    said = thread.turns[-1]
    return f"# Answer to: {thread.title}\n\n{said.by.name} says:\n\n{quoted(said.text)}"


def changes(work: UnitOfWork, issue: Issue, agent: str, session: str | None) -> Iterator[Part]:
    """What others have changed of *issue* since the *session* of *agent* was last told what it says; nothing otherwise."""
    last = last_heard(work, issue.id, agent, session)
    if last is None or last.told is None:
        return
    now = as_told(work, issue, agent)
    if digest(now.encode()) == last.told:
        return
    try:
        before = work.blobs.get(last.told).decode()
    except KeyError:  # a database made anew knows that it was another text, and not which
        before = ""
    how, text = _compared(before, now)
    whose = came_from(work, issue)
    shown = marked(text, whose) if whose else quoted(text)
    heading = "# Your issue has changed since your last turn"
    yield Part(text=f"{heading}\n\n{how}\n\n{shown}", weight=CHANGES_WEIGHT, whole="`get_issue`")


def _compared(before: str, now: str) -> tuple[str, str]:
    """What is to be shown, below a line that says how it is to be read: the shorter of the changes and the whole."""
    if before and max(len(before), len(now)) <= _MOST_COMPARED:
        lines = unified_diff(before.splitlines(), now.splitlines(), n=_AROUND, lineterm="")
        changed = "\n".join(list(lines)[2:])
        if len(changed) < len(now):
            return _BY_LINES, changed
    return _AS_IT_IS, now


def last_heard(work: UnitOfWork, issue_id: EntityId, agent: str, session: str | None) -> AgentRun | None:
    """The last turn of which it is sure that *session* of *agent* was given its prompt; None where there is none.

    A turn that broke off may have had no ear for it. What was told in vain is told again, and better twice than never.
    """
    if session is None:
        return None
    begun = [
        run
        for run in work.runs.of_issue(issue_id)
        if run.agent == agent and run.session == session and run.outcome is not RunOutcome.FAILED_TO_START
    ]
    whole = [run for run in begun if run.outcome is RunOutcome.OK]
    return next(iter([*whole[-1:], *begun]), None)
