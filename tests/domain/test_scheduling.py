"""Which turns start: the most urgent first, under every limit, by an agent that is free; and why the others wait."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId
from dispatchd.domain.due_turns import Due
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role
from dispatchd.domain.scheduling import Candidate, Limits, Plan, schedule
from tests.fakes.fake_board import NOON

BEGIN = Due(occasion=Occasion.BEGIN)
ASH, BIRCH = Agent(name="ash"), Agent(name="birch")


def candidate(
    number: int, priority: Priority = Priority.MEDIUM, due: Due = BEGIN, **facts: object
) -> Candidate:
    issue = Issue(
        id=EntityId(f"i-{number:04}"),
        title=f"Issue {number}",
        created=NOON + timedelta(minutes=number),
        status=IssueStatus.QUEUED,
        priority=priority,
    )
    return Candidate(issue=replace(issue, **facts), due=due)  # type: ignore[arg-type]


def live(issue: str, agent: Agent) -> AgentRun:
    return AgentRun(
        id=RunId(f"{issue}.1"),
        issue=EntityId(issue),
        agent=agent.name,
        engine=agent.engine,
        occasion=Occasion.BEGIN,
        started=NOON,
    )


def plan(
    candidates: Sequence[Candidate],
    agents: Sequence[Agent] = (ASH, BIRCH),
    running: Sequence[AgentRun] = (),
    limits: Limits = Limits(running=4),  # noqa: B008 -- a value
) -> Plan:
    return schedule(candidates, agents, running, limits, NOON, lambda _issue, _agent: None)


def picked(found: Plan) -> list[tuple[str, str]]:
    return [(pick.issue, pick.agent.name) for pick in found.picks]


def test_the_most_urgent_is_first_then_the_longest_chain_then_the_oldest() -> None:
    found = plan(
        [candidate(1), candidate(2, Priority.HIGH), replace(candidate(3), chain=2)],
        [ASH, BIRCH, Agent(name="elm")],
    )
    assert [issue for issue, _ in picked(found)] == ["i-0002", "i-0003", "i-0001"]


def test_work_that_has_begun_goes_before_work_that_has_not() -> None:
    found = plan([candidate(1), candidate(2, due=Due(occasion=Occasion.ANSWER), assignee="ash")], [ASH])
    assert picked(found) == [("i-0002", "ash")]
    assert found.held[EntityId("i-0001")] == "every coder is at work"


def test_an_agent_works_on_one_thing_at_a_time() -> None:
    found = plan([candidate(1, assignee="ash")], running=[live("i-0009", ASH)])
    assert picked(found) == []
    assert found.held[EntityId("i-0001")] == "ash works on i-0009"


def test_what_anybody_may_take_goes_to_somebody_for_whom_nothing_else_waits() -> None:
    cedar = Agent(name="cedar")
    three = [candidate(1, assignee="ash"), candidate(2), candidate(3, assignee="ash")]
    for order in (three, [three[1], three[0], three[2]], three[::-1]):
        assert sorted(picked(plan(order, [ASH, BIRCH, cedar]))) == [("i-0001", "ash"), ("i-0002", "birch")]
    urgent = candidate(4, Priority.CRITICAL)
    assert picked(plan([*three, urgent], [ASH, BIRCH])) == [("i-0004", "birch"), ("i-0001", "ash")]
    assert picked(plan([urgent, three[0]], [ASH])) == [("i-0004", "ash")]
    resting = replace(three[0], quiet_at=NOON + timedelta(seconds=20))
    assert picked(plan([candidate(0), resting], [ASH, BIRCH])) == [("i-0000", "birch")]


def test_where_one_engine_may_not_begin_somebody_on_another_takes_it() -> None:
    claude, codex = Agent(name="ada", engine="claude"), Agent(name="kit", engine="codex")

    def rests(_issue: Issue, agent: Agent) -> str | None:
        return f"{agent.engine} rests" if agent.engine == "claude" else None

    def taken(agents: Sequence[Agent], *, limits: Limits = Limits(running=4)) -> Plan:  # noqa: B008 -- a value
        return schedule([candidate(1)], agents, [live("i-0009", BIRCH)], limits, NOON, rests)

    assert picked(taken([claude, ASH])) == [("i-0001", "ash")]
    assert taken([claude]).held[EntityId("i-0001")] == "claude rests"
    assert picked(taken([codex, ASH, BIRCH], limits=Limits(running=4, engines={"codex": 0}))) == [
        ("i-0001", "ash")
    ]
    named = schedule([candidate(1, assignee="ada")], [claude, ASH], [], Limits(running=4), NOON, rests)
    assert named.held[EntityId("i-0001")] == "claude rests"


def test_the_limit_of_all_holds() -> None:
    found = plan([candidate(1)], running=[live("i-0009", ASH)], limits=Limits(running=1))
    assert found.held[EntityId("i-0001")] == "1 agents work, and max_running is 1"


def test_limits_of_a_role_and_of_an_engine_hold() -> None:
    claude = Agent(name="elm", engine="claude")
    roles = plan([candidate(1)], running=[live("i-0009", ASH)], limits=Limits(running=9, roles={"coder": 1}))
    assert "of role coder" in roles.held[EntityId("i-0001")]
    engines = plan(
        [candidate(1)],
        [Agent(name="oak", engine="claude")],
        [live("i-0009", claude)],
        Limits(running=9, engines={"claude": 1}),
    )
    assert "on claude" in engines.held[EntityId("i-0001")]


def test_who_is_missing_is_said() -> None:
    assert "role: security" in plan([candidate(1, role=Role.SECURITY)]).held[EntityId("i-0001")]
    assert (
        "every coder is paused" in plan([candidate(1)], [replace(ASH, paused=True)]).held[EntityId("i-0001")]
    )
    assert "who is no agent" in plan([candidate(1, assignee="alice")]).held[EntityId("i-0001")]


def test_what_must_rest_is_asked_again_then() -> None:
    later = NOON + timedelta(seconds=30)
    found = plan([replace(candidate(1), quiet_at=later), candidate(2)], [ASH, BIRCH])
    assert picked(found) == [("i-0002", "ash")]
    assert found.again_at == later


def test_no_money_holds_with_its_reason() -> None:
    found = schedule([candidate(1)], [ASH], [], Limits(running=4), NOON, lambda _issue, _agent: "it is spent")
    assert found.held[EntityId("i-0001")] == "it is spent"


@given(
    priorities=st.lists(st.sampled_from(Priority), max_size=12),
    agents=st.integers(min_value=0, max_value=5),
    running=st.integers(min_value=0, max_value=5),
    most=st.integers(min_value=0, max_value=4),
)
def test_no_limit_is_ever_passed_and_everything_is_accounted_for(
    priorities: list[Priority], agents: int, running: int, most: int
) -> None:
    there = [Agent(name=f"a{number}") for number in range(agents)]
    busy = [live(f"i-9{number:03}", agent) for number, agent in enumerate(there[:running])]
    candidates = [candidate(number, priority) for number, priority in enumerate(priorities)]
    found = plan(candidates, there, busy, Limits(running=most))
    assert len(found.picks) + len(busy) <= max(most, len(busy))
    names = [pick.agent.name for pick in found.picks]
    assert len(set(names)) == len(names)
    assert not {run.agent for run in busy} & set(names)
    assert {pick.issue for pick in found.picks} | set(found.held) == {each.issue.id for each in candidates}


def test_what_waits_for_its_file_to_rest_also_says_what_else_holds_it() -> None:
    resting = replace(candidate(1), quiet_at=NOON + timedelta(seconds=20))
    nobody, somebody = plan([resting], [Agent(name="elm", role="test")]), plan([resting])
    assert nobody.held[EntityId("i-0001")] == (
        f"it starts after {NOON + timedelta(seconds=20):%H:%M:%S}Z; "
        'there is no coder: lay agents/NAME/agent.md with "role: coder"'
    )
    assert somebody.held[EntityId("i-0001")] == f"it starts after {NOON + timedelta(seconds=20):%H:%M:%S}Z"
    assert nobody.again_at == somebody.again_at == NOON + timedelta(seconds=20)
