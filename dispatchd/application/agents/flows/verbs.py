"""What an agent says of its phase: a verdict with findings, an answer to one; and what it hands in is looked at first."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.judging import findings_in
from dispatchd.application.agents.flows.standing import Standing, standing
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import Finding, Severity
from dispatchd.domain.flow_command import AnswerFinding, GiveVerdict
from dispatchd.domain.path_patterns import matching
from dispatchd.domain.steering_command import AddComment
from dispatchd.domain.turn_of_phase import why_stopped
from dispatchd.domain.wording import listed, quoted
from dispatchd.domain.workflow import ISSUE_TEXT

Said = Mapping[str, Any]
MOST_FINDINGS: Final = 50


async def give_verdict(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    """Judge the phase that the run's phase reviews."""
    written = said.get("verdict")
    verdict = written if isinstance(written, str) else ""
    findings = _findings(said.get("findings"))

    def give(door: Door) -> Command:
        at = _standing(desk, door.work, run)
        if at is None:
            raise Rejected("end your turn; this issue goes through no workflow, and nothing is judged")
        return GiveVerdict(
            issue=run.issue, workflow=at.workflow, verdict=verdict, findings=findings, run=run.id
        )

    await _do(desk, run, give)
    return {"verdict": verdict, "say": "It is given. End your turn now."}


async def answer_finding(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    """Say what was done about a finding."""
    number, answer = said.get("number"), said.get("answer")
    if not isinstance(number, int) or isinstance(number, bool):
        raise Rejected("give the finding's number, as a whole number")
    text = answer if isinstance(answer, str) else ""
    said_of_it = AnswerFinding(issue=run.issue, number=number, answer=text, run=run.id)
    await _do(desk, run, lambda _door: said_of_it)
    return {"number": number, "say": "It is answered."}


async def look_at_artefact(desk: Desk, run: AgentRun, commit: str, summary: str) -> None:
    """Refuse what has not what its phase has to make; a text that is wanted in the issue is put there.

    In a turn for another phase, or one that people have stopped, there is nothing to look at: what it hands in is
    refused, or was taken before.
    """
    at = await desk.session.ports.store.transact(
        lambda work: None if why_stopped(work, run) else _standing(desk, work, run)
    )
    if at is None or not at.phase.artefact or at.phase.is_review or run.into not in {None, at.flow.now}:
        return
    if ISSUE_TEXT in at.phase.artefact:
        if not summary.strip():
            raise Rejected(f'write it into the summary; the text is what "{at.phase.name}" makes')
        if summary.strip() != at.flow.summary or commit != at.flow.commit:
            comment = AddComment(issue=run.issue, text=summary.strip())
            await _do(desk, run, lambda _door: comment)
        return
    changed = await desk.session.run(lambda: desk.ports.commits.changed(at.flow.start, commit))
    if not matching(changed, at.phase.artefact):
        named = listed(at.phase.artefact)
        raise Rejected(f'change a file that fits {named} first; that is what "{at.phase.name}" makes')


def _standing(desk: Desk, work: UnitOfWork, run: AgentRun) -> Standing | None:
    issue = work.issue(run.issue)
    found = standing(work, desk.ports.assets, issue) if issue is not None else None
    if isinstance(found, str):
        raise Rejected(f"end your turn; {found}")
    return found


def _findings(written: object) -> tuple[Finding, ...]:
    """What the agent lists; a text alone is one finding, in the form of a line of a person's. Raises Rejected."""
    listing = written if isinstance(written, list) else [written] if written else []
    if len(listing) > MOST_FINDINGS:
        raise Rejected(f"leave out what is only taste; {MOST_FINDINGS} findings are the most")
    return tuple(_finding(each) for each in listing)


def _finding(each: object) -> Finding:
    lines = findings_in(each) if isinstance(each, str) else ()
    if len(lines) == 1:
        return lines[0]
    said = {"text": each} if isinstance(each, str) else each
    if not isinstance(said, dict) or not isinstance(said.get("text"), str) or not said["text"].strip():
        raise Rejected("say in each finding what is wrong, as its text")
    path, line = said.get("path") or "", said.get("line") or 0
    severity = str(said.get("severity") or Severity.MAJOR).strip().casefold()
    if severity not in set(Severity):
        raise Rejected(f"a severity is {quoted(Severity)}")
    if not isinstance(path, str) or not isinstance(line, int) or isinstance(line, bool):
        raise Rejected("a finding's path is a text, its line a whole number")
    return Finding(
        number=0, text=said["text"].strip(), path=path, line=max(line, 0), severity=Severity(severity)
    )


async def _do(desk: Desk, run: AgentRun, make: Callable[[Door], Command]) -> None:
    at = by_daemon(desk.session.ports.clock.now()).at
    by = Circumstance(actor=agent_actor(run.agent), at=at, provenance=Provenance(channel=Channel.COMMAND))
    await desk.session.act(lambda door, _by: Plan(commands=[make(door)], subject=run.issue), lambda _work: by)
