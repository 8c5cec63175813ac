"""What a turn is told that has happened since the agent's turn before: answers, why work came back, and what people
have changed in its issue and on its branch meanwhile.

What its issue said, and where its branch stood, is noted with each turn (`AgentRun.told`, `seen`), so that the next one is told what is new of it and no more.
"""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Final

from dispatchd.application.agents.fitting import Part
from dispatchd.application.agents.issue_texts import as_told
from dispatchd.application.agents.outside import came_from, marked, quoted
from dispatchd.application.ports.peoples_work import Arrivals
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.digest import digest
from dispatchd.documents.shown_text import legible
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, Work, WorkPhase
from dispatchd.domain.due_turns import brings_answer
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.scheduling import Pick
from dispatchd.domain.thread import Thread
from dispatchd.domain.wording import one_line

CHANGES_WEIGHT, ARRIVALS_WEIGHT = 1, 2
MOST_ARRIVALS: Final = 20
_SHOWN: Final = 8
_MOST_SAID: Final = 120
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


def arrivals(branch: str, arrived: Arrivals | None) -> Iterator[Part]:
    """What people have done to the *branch*: their commits by name, and whether they have written it anew."""
    if arrived is None or not (arrived.commits or arrived.anew):
        return
    said = ["# People have changed your branch"]
    if arrived.anew:
        said.append(
            f"They have written the history of `{branch}` anew. What is not on it any more they have taken out, and it "
            "stays out; your worktree is brought to it."
        )
    if arrived.commits:
        said.append(
            "Committed there since your last turn. It is in your worktree, or, where something stands uncommitted in "
            "it, is merged with your work when this turn is over:"
        )
        lines = [
            f"- `{each.commit[:_SHOWN]}` {_line(each.subject)} ({_line(each.author)})"
            for each in arrived.commits
        ]
        said.append(quoted("\n".join([*lines, *(["- and more"] if arrived.more else [])])))
    yield Part(text="\n\n".join(said), weight=ARRIVALS_WEIGHT, whole=f"`git log {branch}`")


def _line(text: str) -> str:
    line = one_line(legible(text))
    return line if len(line) <= _MOST_SAID else f"{line[: _MOST_SAID - 1]}…"


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
    begun = [
        run
        for run in work.runs.of_issue(issue_id)
        if run.agent == agent and run.session == session and run.outcome is not RunOutcome.FAILED_TO_START
    ]
    whole = [run for run in begun if run.outcome is RunOutcome.OK]
    return next(iter([*whole[-1:], *begun]), None)
