"""Putting what agents ask to the rules: answered at once, by an agent of a role, or by people, one after the other.

Every step follows from the thread and the clock, and names how often the question was passed on before: taken twice or
late it changes nothing. What no rule answers is for people, as if there were no rules.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.policies import RulesInForce, Weighing, policies_of, who_may_be_asked
from dispatchd.application.policies_in_force import ask_about_what_nobody_put_in_force
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.waiting_items import WaitingItem
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.permissions import ALLOW_ONCE, DENY
from dispatchd.domain.policy import Answerer, Asked, PolicyRule, rule_for
from dispatchd.domain.policy_command import AnswerByRule, PassQuestionOn
from dispatchd.domain.policy_rules import is_for_rules
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

Step = AnswerByRule | PassQuestionOn


async def put_questions_to_rules(desk: Desk) -> datetime | None:
    """Take each open question one step further, if it is due; when the time of the next one is over."""
    at = desk.session.ports.clock.now()
    due, later = await desk.session.ports.store.transact(lambda work: _look(desk, work, at))
    for thread in due:
        await desk.plan(lambda door: _take(desk, door, thread, at))  # noqa: B023 -- awaited here
    await desk.plan(lambda door: _ask_about_rules(door, at))
    return later


def _ask_about_rules(door: Door, at: datetime) -> Plan:
    ask_about_what_nobody_put_in_force(door, by_daemon(at))
    return Plan(commands=[])


def _take(desk: Desk, door: Door, thread: EntityId, at: datetime) -> Plan:
    put_to_rules(desk, door, thread, at)
    return Plan(commands=[], subject=thread)


def _look(desk: Desk, work: UnitOfWork, at: datetime) -> tuple[list[EntityId], datetime | None]:
    due: list[EntityId] = []
    later: list[datetime] = []
    for thread in open_questions(work):
        until = thread.passed[-1].until if thread.passed else None
        if until is not None and until > at:
            later.append(until)
        elif next_step(desk.ports.settings().budget, work, thread, at) is not None:
            due.append(thread.id)
    return due, min(later, default=None)


def open_questions(work: UnitOfWork) -> Iterator[Thread]:
    """What agents ask and nobody has answered, as far as rules may."""
    for thread in work.entities(EntityKind.THREAD):
        if not isinstance(thread, Thread) or thread.status is not ThreadStatus.OPEN:
            continue
        if is_for_rules(thread, work.agent(thread.sender) is not None):
            yield thread


def put_to_rules(desk: Desk, door: Door, thread_id: EntityId, at: datetime) -> Thread | None:
    """Take the question one step further, if it is due; the thread as it stands then."""
    thread = door.work.thread(thread_id)
    step = next_step(desk.ports.settings().budget, door.work, thread, at) if thread is not None else None
    if step is not None:
        door.handle(step, by_daemon(at))
    return door.work.thread(thread_id)


def left_to_people(
    work: UnitOfWork, budget: BudgetSettings, at: datetime, items: Sequence[WaitingItem]
) -> tuple[WaitingItem, ...]:
    """*items* without what agents ask and the rules have a word on yet, or have answered since *items* were read."""
    left: list[WaitingItem] = []
    for item in items:
        of = tuple(each for each in item.of if _is_left(work, budget, at, each.id))
        left += [item._replace(of=of)] if of else []
    return tuple(left)


def _is_left(work: UnitOfWork, budget: BudgetSettings, at: datetime, about: str) -> bool:
    thread = work.thread(EntityId(about)) if about.startswith("t-") else None
    if thread is None or not is_for_rules(thread, work.agent(thread.sender) is not None):
        return True
    is_asked = thread.status is ThreadStatus.OPEN and thread.asked_agent is None
    return is_asked and next_step(budget, work, thread, at) is None


def next_step(budget: BudgetSettings, work: UnitOfWork, thread: Thread, at: datetime) -> Step | None:
    """What follows for *thread* from the rules that are in force at *at*."""
    if thread.status is not ThreadStatus.OPEN or not is_for_rules(
        thread, work.agent(thread.sender) is not None
    ):
        return None
    last = thread.passed[-1] if thread.passed else None
    if last is not None and (last.until is None or last.until > at):
        return None
    force = policies_of(work)
    if last is None and not force.rules:
        return None
    asked = Weighing(work=work, budget=budget, at=at).asked_in(thread)
    tried = [each.rule.key for each in thread.passed if each.rule is not None]
    rule = rule_for(force.rules, asked, tried)
    if rule is None:
        nobody = PassQuestionOn(thread=thread.id, number=len(thread.passed), rule=None, to=None, until=None)
        return nobody if last is not None else None
    return _by_rule(work, thread, rule, force, asked, at)


def _by_rule(
    work: UnitOfWork, thread: Thread, rule: PolicyRule, force: RulesInForce, asked: Asked, at: datetime
) -> Step | None:
    name, number = force.name_of(rule), len(thread.passed)
    if rule.answer in {Answerer.ASK, Answerer.HUMAN}:
        to = _whom(work, rule, asked) if rule.answer is Answerer.ASK else None
        until = at + rule.limit if rule.limit is not None else None
        return PassQuestionOn(thread=thread.id, number=number, rule=name, to=to, until=until)
    option, text = _answer(thread, rule)
    if thread.kind is ThreadKind.PERMISSION and option not in thread.options:
        return None
    return AnswerByRule(thread=thread.id, number=number, rule=name, option=option, text=text)


def _answer(thread: Thread, rule: PolicyRule) -> tuple[str | None, str]:
    match rule.answer:
        case Answerer.ALLOW:
            return ALLOW_ONCE, rule.why
        case Answerer.DENY:
            return DENY, rule.why
        case _:
            same = (each for each in thread.options if each.casefold() == rule.say.strip().casefold())
            option = next(same, None)
            return option, rule.why if option is not None else rule.say.strip()


def _whom(work: UnitOfWork, rule: PolicyRule, asked: Asked) -> str:
    """An agent of the role that is asked: one that is free, if there is one. There is one, or the rule did not fit."""
    busy = {run.agent for run in work.runs.live()}
    fit = [each.name for each in who_may_be_asked(work, asked.agent) if each.role == rule.ask]
    return min(fit, key=lambda name: (name in busy, name))
