"""What a coordinator does besides what every agent may: lay a plan, ask other roles, collect what came of it.

A plan is an epic's file and a draft: no issue of it is made, and nothing begins, before a person says so in that file.
Whoever wants more than the settings allow is refused, and people are told once what was wanted.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from dispatchd.application.agents.coordinators_view import collected
from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.epic_document import EpicDocument, parse_epic
from dispatchd.documents.epic_outline import epic_of
from dispatchd.documents.plan_text import with_gates
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.command import Circumstance, OpenEpic, OpenIssue
from dispatchd.domain.coordination import (
    WANTS_ANSWER,
    Breach,
    Limits,
    answers_wanted,
    breach_of_answers,
    breach_of_plan,
    breach_of_votes,
    plan_ids,
    plans_of,
)
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind, id_length, parse_id
from dispatchd.domain.issue import Issue, IssueStatus, Role
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.steering_command import AddComment
from dispatchd.domain.wording import listed, one_line

Said = Mapping[str, Any]
T = TypeVar("T")
_LONGEST_TITLE: Final = 100
_MOST_NAMED: Final = 20
_LENGTH: Final = id_length(10_000)
"""Of a plan's id; it may not depend on how much there is, or the same plan would have two."""


def coordinates(work: UnitOfWork, run: AgentRun) -> bool:
    """Whether the agent of *run* is a coordinator, by its card."""
    agent = work.agent(run.agent)
    return agent is not None and agent.role == Role.COORDINATOR


async def lay_plan(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    """Write a plan down as an epic, a draft; the same one again is the one that stands."""
    await _require_coordinator(desk, run)
    title, body, document = _read(said)
    wanted = [each for stage in document.plans for each in stage.wanted]
    if not document.stages or not wanted:
        raise Rejected(
            'write "## Stages", below it a "### NAME" for each stage, and in each a list of the issues it needs: '
            '"1. What is to be done @role"; numbered ones come one after the other'
        )
    limits = limits_of(desk)
    if desk.ports.settings().coordinator.gate:
        body = with_gates(body)
        document = parse_epic(body)
    breach = await _look(desk, lambda work: _breach_of_plan(work, run, limits, title, len(wanted)))
    if breach is not None:
        await refuse(desk, run, breach, wanted)
    plan = await _lay(desk, run, Epic(id=EntityId(""), title=title, created=_now(desk)), document, body)
    return {
        "plan": plan,
        "say": "It is laid, as a draft. A person reads and changes it, and starts it; nothing begins before. "
        "Ask people whether it may begin (ask_human), and end your turn.",
    }


def _read(said: Said) -> tuple[str, str, EpicDocument]:
    written = said.get("text")
    outline = epic_of(written if isinstance(written, str) else "")
    title = one_line(str(said.get("title") or "") or outline.title)[:_LONGEST_TITLE]
    if not title:
        raise Rejected("give the plan a title")
    document = parse_epic(outline.body)
    for problem in document.problems:
        raise Rejected(str(problem))
    return title, outline.body, document


def _breach_of_plan(
    work: UnitOfWork, run: AgentRun, limits: Limits, title: str, wanted: int
) -> Breach | None:
    laid = plans_of(work, run.issue, _LENGTH)
    if any(each.title == title for each in laid):
        return None
    return breach_of_plan(limits, len(laid), wanted)


async def _lay(desk: Desk, run: AgentRun, epic: Epic, document: EpicDocument, body: str) -> EntityId:
    def plan(door: Door, _by: Circumstance) -> Plan:
        known = [each for each in plans_of(door.work, run.issue, _LENGTH) if each.title == epic.title]
        if known:
            return Plan(commands=[], subject=known[0].id)
        free = next(name for name, there in plan_ids(door.work, run.issue, _LENGTH) if there is None)
        stages = tuple(Stage(plan=each) for each in document.plans)
        opened = Epic(id=free, title=epic.title, created=epic.created, stages=stages)
        told = f"A plan of {run.agent}'s for {run.issue}.\n\n{body}"
        laid = AddComment(issue=run.issue, text=f"I have laid a plan, {free}: {epic.title}")
        return Plan(commands=[OpenEpic(epic=opened), laid], subject=free, bodies={free: told})

    done = await desk.session.act(plan, _by(desk, run))
    return EntityId(done.subject)


async def ask_role(desk: Desk, run: AgentRun, said: Said) -> Mapping[str, Any]:
    """Want a review, or another answer, of a role: an issue of its own, that ends with words."""
    await _require_coordinator(desk, run)
    role, text = _asked(said)
    about = parse_id(str(said.get("issue") or "")) or run.issue
    limits = limits_of(desk)
    standing = await _look(desk, lambda work: _standing(work, run, about, role, text))
    if isinstance(standing, str):
        return {"issue": standing, "say": _WAITS}
    breach = breach_of_answers(limits, standing)
    if breach is not None:
        await refuse(desk, run, breach, [text])

    def plan(door: Door, by: Circumstance) -> Plan:
        issue = _wanted(door, by, run, about, role, text)
        told = _told(door.work, run, about, text)
        asks = AddComment(
            issue=run.issue, text=f"I have asked {issue.assignee} ({role}), {issue.id}: {issue.title}"
        )
        return Plan(commands=[OpenIssue(issue=issue), asks], subject=issue.id, bodies={issue.id: told})

    done = await desk.session.act(plan, _by(desk, run))
    return {"issue": done.subject, "say": _WAITS}


_WAITS: Final = (
    "It is asked. End your turn: you go on when it is answered, and collect_answers says what was said."
)


def _asked(said: Said) -> tuple[Role, str]:
    written, text = str(said.get("role") or "").strip().casefold(), str(said.get("text") or "").strip()
    askable = [
        each for each in Role if each is not Role.COORDINATOR
    ]  # or each could set as much in motion again
    if written not in askable:
        raise Rejected(f"name a role: {listed(askable)}")
    if not text:
        raise Rejected("say what you want to know")
    return Role(written), text


def _title(run: AgentRun, about: EntityId, text: str) -> str:
    gist = one_line(text.partition("\n")[0])
    return (gist if about == run.issue else f"{about}: {gist}")[:_LONGEST_TITLE]


def _standing(work: UnitOfWork, run: AgentRun, about: EntityId, role: Role, text: str) -> EntityId | int:
    """The issue that asks just this, or how many ask something."""
    wanted = answers_wanted(work, run.issue)
    title = _title(run, about, text)
    same = (each.id for each in wanted if (each.title, each.role) == (title, role))
    return next(same, None) or len(wanted)


def _wanted(door: Door, by: Circumstance, run: AgentRun, about: EntityId, role: Role, text: str) -> Issue:
    """For somebody of the role who has not worked on what it is about."""
    work = door.work
    if work.issue(about) is None:
        raise Rejected(f"look at the id again; there is no issue {about}")
    authors = {run.agent, *(each.agent for each in work.runs.of_issue(about))}
    agents = [each for each in work.agents() if each.role == role and each.name not in authors]
    if not agents:
        raise Rejected(f"ask people (ask_human); there is no {role} who has not worked on {about} already")
    busy = {each.agent for each in work.runs.live()}
    chosen = min(agents, key=lambda each: (each.paused, each.name in busy, each.name))
    return Issue(
        id=door.draw(EntityKind.ISSUE),
        title=_title(run, about, text),
        created=by.at,
        type="chore",
        status=IssueStatus.QUEUED,
        labels=(WANTS_ANSWER,),
        role=role,
        assignee=chosen.name,
        parent=run.issue,
    )


def _told(work: UnitOfWork, run: AgentRun, about: EntityId, text: str) -> str:
    made = work.work(about)
    lines = [text, ""]
    if made is not None and made.commit is not None and made.commit != made.base:
        lines += [f"`git diff {made.base} {made.commit}` shows the work on {about}.", ""]
    lines.append(
        f"{run.agent} asks. Change nothing: the answer is the summary you submit with (`submit_work`)."
    )
    return "\n".join(lines)


async def collect_answers(desk: Desk, run: AgentRun, _said: Said) -> Mapping[str, Any]:
    """What came of the plans, of what was asked of roles and people, and of the votes."""
    await _require_coordinator(desk, run)
    return await _look(desk, lambda work: collected(work, run, plans_of(work, run.issue, _LENGTH)))


async def check_votes(desk: Desk, run: AgentRun, said: Said) -> None:
    """Refuse a coordinator one vote too many."""

    def open_votes(work: UnitOfWork) -> int | None:
        if not coordinates(work, run):
            return None
        known = (each for each in work.entities(EntityKind.PROPOSAL) if isinstance(each, Proposal))
        mine = [each for each in known if each.proposer.handle == run.agent and not each.removed]
        return sum(each.status is ProposalStatus.OPEN for each in mine)

    standing = await _look(desk, open_votes)
    breach = breach_of_votes(limits_of(desk), standing) if standing is not None else None
    if breach is not None:
        await refuse(desk, run, breach, [str(said.get("title") or "")])


def limits_of(desk: Desk) -> Limits:
    """What people allow a coordinator."""
    written = desk.ports.settings().coordinator
    return Limits(plans=written.plans, issues=written.issues, answers=written.answers, votes=written.votes)


async def refuse(desk: Desk, run: AgentRun, breach: Breach, wanted: Sequence[str]) -> None:
    """Tell people, once, and raise Rejected for the coordinator."""
    named = "\n".join(f"- {one_line(each)}" for each in wanted[:_MOST_NAMED])
    more = f"\n- and {len(wanted) - _MOST_NAMED} more" if len(wanted) > _MOST_NAMED else ""
    text = (
        f"{run.agent}, who coordinates {run.issue}, was refused: {breach.wanted}, and {breach.most}. It wanted:\n\n"
        f"{named}{more}\n\n`dispatchd config set coordinator.{breach.setting} NUMBER` allows more."
    )
    notice = Notice(
        cause=f"coordinator:{run.issue}:{breach.setting}",
        title=f"{run.agent} wants to set more in motion than is allowed",
        text=text,
        subject=run.issue,
    )
    at = _now(desk)

    def tell(door: Door) -> Plan:
        open_once(door, notice, at)
        return Plan(commands=[], subject=run.issue)

    await desk.plan(tell)
    raise Rejected(breach.told)


async def _require_coordinator(desk: Desk, run: AgentRun) -> None:
    if not await _look(desk, lambda work: coordinates(work, run)):
        raise Rejected("leave it to a coordinator; your card gives you another role")


async def _look(desk: Desk, look: Callable[[UnitOfWork], T]) -> T:
    return await desk.session.ports.store.transact(look)


def _now(desk: Desk) -> datetime:
    return by_daemon(desk.session.ports.clock.now()).at


def _by(desk: Desk, run: AgentRun) -> Callable[[UnitOfWork], Circumstance]:
    at = _now(desk)
    provenance = Provenance(channel=Channel.COMMAND, run=run.id)
    return lambda _work: Circumstance(actor=agent_actor(run.agent), at=at, provenance=provenance)
