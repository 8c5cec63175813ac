"""Taking what an agent submits: the head of its branch, fetched first; and what a submission has to pass before it.

A program that ends well says nothing of single findings. What it committed since its phase began stands for an answer
to each of them, in words that say no more than that; whoever judges next looks again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dispatchd.application.agents.checking import run_submit_checks
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import clone_of
from dispatchd.application.agents.engine_choice import command_named
from dispatchd.application.agents.flows.verbs import look_at_artefact
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed
from dispatchd.documents.named_checks import why_none_could_submit
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.agent_run import AgentRun, RunId, Work
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.coordination import WANTS_ANSWER
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow_command import AnswerFinding
from dispatchd.domain.run_command import SubmitWork
from dispatchd.domain.steering_command import AddComment

_MOST_NAMED: Final = 10
_SHOWN: Final = 8


async def check_before(desk: Desk, run_id: RunId, verb: str) -> None:
    """Run what a submission has to pass. Raises Rejected where it does not. It may take long: nothing is held by it."""
    settings = desk.ports.settings()
    if verb != "submit_work" or not settings.agents.submit_checks:
        return
    run, work = await desk.session.ports.store.transact(
        lambda each: (run := each.run(run_id), each.work(run.issue) if run is not None else None)
    )
    if run is None or not run.is_live or work is None:
        return
    slip = why_none_could_submit(settings)
    if slip:
        raise Rejected(f"end your turn; {slip}. A person mends that, and you are asked again then to submit")
    commit = await desk.session.run(lambda: fetched(desk, work))
    red = await run_submit_checks(desk, settings, commit, run.issue)
    if red is not None:
        raise Rejected(f"mend it, commit, and submit again; {red.why}:\n\n{red.findings}")


async def submit(desk: Desk, run: AgentRun, summary: str, *, by_its_end: bool = False) -> Mapping[str, Any]:
    """Take the head of its branch, which is fetched first. A tree with changes, or another branch, is refused.

    `by_its_end`: a program ended well, which is all it says; the findings it had are answered with what it committed.
    """
    before = await _work_on(desk, run)
    (fetching,) = await desk.beside([lambda: _fetched_or_why(desk, before)])
    if isinstance(fetching, Rejected):
        raise fetching
    # Others may have had the session: whether this turn may still hand in is asked by the rules, of what is so now.
    commit, work = fetching, await _work_on(desk, run)
    await look_at_artefact(desk, run, commit, summary)
    claims = _claims(run, work, commit) if by_its_end else ()
    taken = SubmitWork(issue=run.issue, commit=commit, summary=summary, run=run.id)
    commands = [*(await _kept(desk, run, summary)), *claims, taken]
    done = await desk.session.act(
        lambda _door, _by: Plan(commands=commands, subject=run.issue), by_agent(desk, run)
    )
    return {"commit": commit, "told": list(done.told), "say": "It is submitted. End your turn now."}


async def _work_on(desk: Desk, run: AgentRun) -> Work:
    work = await desk.session.ports.store.transact(lambda each: each.work(run.issue))
    if work is None:
        raise Rejected("end your turn; nothing is known of your work")
    return work


def _fetched_or_why(desk: Desk, work: Work) -> str | Rejected:
    try:
        return fetched(desk, work)
    except Rejected as refused:
        return refused


def _claims(run: AgentRun, work: Work, commit: str) -> Sequence[AnswerFinding]:
    """An answer to each finding of its phase, where anything was committed since that began."""
    if work.flow is None or commit == work.flow.start:
        return ()
    said = f"`{command_named(run.engine)}` committed `{commit[:_SHOWN]}` and ended well; it says no more of this."
    return [
        AnswerFinding(issue=run.issue, number=each.number, answer=said, run=run.id)
        for each in work.flow.open_findings(work.flow.phase)
    ]


async def _kept(desk: Desk, run: AgentRun, summary: str) -> Sequence[Command]:
    """Where words are what was wanted, all of them stay in the issue."""
    issue = await desk.session.ports.store.transact(lambda work: work.issue(run.issue))
    if issue is None or WANTS_ANSWER not in issue.labels or not summary.strip():
        return ()
    return (AddComment(issue=run.issue, text=summary.strip()),)


def fetched(desk: Desk, work: Work) -> str:
    """The head of the branch, brought here. Raises Rejected where it is not all that there is. Blocks."""
    clone = clone_of(desk, work)
    try:
        state = desk.ports.clones.look(clone)
    except CloneFailed as failed:  # whatever its agent has left there
        raise Rejected(str(failed)) from failed
    if state.other_branch is not None:
        raise Rejected(
            f"check out {work.branch} and bring your work there; {state.other_branch} is checked out"
        )
    if state.changed:
        more = f" and {len(state.changed) - _MOST_NAMED} more" if len(state.changed) > _MOST_NAMED else ""
        named = ", ".join(state.changed[:_MOST_NAMED])
        raise Rejected(f"commit or take back what has changed first: {named}{more}")
    try:
        head = desk.ports.clones.fetch_back(clone)
    except CloneFailed as failed:
        raise Rejected(str(failed)) from failed
    if head is None:
        raise Rejected(f"commit your work on {work.branch} first; the branch cannot be read")
    return head


def by_agent(desk: Desk, run: AgentRun) -> Callable[[UnitOfWork], Circumstance]:
    """In the agent's name, out of its turn."""
    at = desk.session.ports.clock.now()
    provenance = Provenance(channel=Channel.COMMAND, run=run.id)
    return lambda _work: Circumstance(actor=agent_actor(run.agent), at=at, provenance=provenance)
