"""What an agent does is said in words: its turn, what its work waits for, that it rests, or that it is free."""

from collections.abc import Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

from dispatchd.application.agents_at_rest import doings
from dispatchd.application.ports.read_rows import AgentRow, WorkRow

ASH: Final = AgentRow("ash", "coder", "claude", None, None, False, False, "agents/ash/agent.md", ())


def does(
    agent: AgentRow,
    *works: WorkRow,
    asked: tuple[str, ...] = (),
    over: tuple[str, ...] = (),
    notes: Mapping[str, str] = MappingProxyType({}),
    state: str = "awaiting_review",
) -> tuple[Any, ...]:
    model = SimpleNamespace(
        works=lambda: works,
        note=notes.get,
        threads=lambda _: [SimpleNamespace(kind="question", issue=issue) for issue in asked],
        issues=lambda _: [
            SimpleNamespace(id=work.issue, status=state) for work in works if work.issue not in over
        ],
    )
    return tuple(doings(model, [agent])["ash"])


def work(issue: str, phase: str = "working", *, held: bool = False, bounces: int = 0) -> WorkRow:
    return WorkRow(issue, phase, "ash", held, bounces)


def test_an_agent_is_free_paused_or_at_work() -> None:
    busy = ASH._replace(working_on=("i-2222",), uncontained=True)
    assert does(ASH) == ((), "free")
    assert does(ASH._replace(paused=True)) == ((), "paused")
    assert does(busy, work("i-2222")) == (("i-2222",), "uncontained, at work")


def test_an_agent_whose_engine_begins_nothing_is_not_free() -> None:
    missing = {"engine.missing.claude": "claude-code i-2222"}
    assert does(ASH, notes=missing) == ((), "claude-code is not installed")
    assert does(ASH, notes={"engine.missing.claude": "claude"}) == ((), "claude is not installed")
    assert does(ASH, notes={"circuit.asked.claude": "t-2222 2026"}) == ((), "claude rests")
    assert does(ASH, notes={"engine.missing.codex": "codex "}) == ((), "free")
    assert does(ASH, notes={"money.spent": "today"}) == ((), "the day's money is spent")
    assert does(ASH._replace(engine="scripted"), notes={"money.spent": "today"}) == ((), "free")
    assert does(ASH, work("i-2222", "submitted"), notes=missing)[1] == "waits to be merged"


def test_work_that_came_back_while_nothing_may_be_spent_says_so() -> None:
    spent = {"money.spent": "today"}
    back = work("i-2222", "bounced", bounces=1)
    assert does(ASH, back, notes=spent)[1] == "came back (1); the day's money is spent"
    assert does(ASH, back)[1] == "came back (1)"
    assert (
        does(ASH, work("i-2222", held=True), notes=spent)[1] == "held; to go on: dispatchd agent start i-2222"
    )


def test_a_turn_that_is_to_end_is_no_longer_said_to_be_at_work() -> None:
    busy = ASH._replace(working_on=("i-2222",))
    assert does(busy._replace(stopping=True), work("i-2222", held=True)) == (("i-2222",), "stopping")
    assert does(busy._replace(paused=True), work("i-2222")) == (("i-2222",), "paused, stopping")
    assert does(busy._replace(working_on=("p-2222",), stopping=True)) == (("p-2222",), "stopping")


def test_between_turns_it_is_said_what_the_work_waits_for() -> None:
    assert does(ASH, work("i-2222"), asked=("i-2222",)) == (("i-2222",), "waits for an answer")
    assert does(ASH, work("i-2222", "submitted")) == (("i-2222",), "waits to be merged")
    taken_out = does(ASH, work("i-2222", "submitted"), state="blocked")
    assert taken_out == (("i-2222",), "taken out of the merge queue")
    assert does(ASH, work("i-2222", "bounced", bounces=2)) == (("i-2222",), "came back (2)")
    assert does(ASH._replace(paused=True), work("i-2222")) == (("i-2222",), "paused, between turns")
    assert does(ASH, work("i-2222", held=True))[1] == "held; to go on: dispatchd agent start i-2222"


def test_what_is_over_is_in_nobodys_hands() -> None:
    assert does(ASH, work("i-2222"), over=("i-2222",)) == ((), "free")
