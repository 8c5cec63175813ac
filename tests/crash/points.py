"""One point: a scenario, the number of a call, and what goes wrong there; and which points a scenario has.

A point's name, `edit:137:kill`, runs that point alone: `python -m tests.crash edit:137:kill`.
"""

from dataclasses import dataclass, replace
from functools import cache

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath
from tests.crash.calls import ENDS, ERRNOS, Call, Fault
from tests.crash.crash_world import SCAN_EVERY, CrashWorld
from tests.crash.evidence import Evidence, Outcome, all_events, gone_in, outcome_of, unlevel_in
from tests.crash.invariants import check_all
from tests.crash.scenarios import SCENARIOS, Scenario

IDLE = 200.0
"""Seconds; a scan and every wait of the design but prose's longest fall into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where and how a run goes wrong."""

    scenario: str
    call: int
    fault: Fault
    again: int | None = None
    """The process that comes next ends too, so many calls after it began."""

    @property
    def name(self) -> str:
        """As it is typed to run it alone."""
        return f"{self.scenario}:{self.call}:{self.fault}" + (
            f"+{self.again}" if self.again is not None else ""
        )


def parse(name: str) -> Point:
    """The point that is called *name*. Raises ValueError."""
    scenario, call, fault = name.split(":")
    fault, _, again = fault.partition("+")
    return Point(scenario=scenario, call=int(call), fault=Fault(fault), again=int(again) if again else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A scenario as it goes undisturbed."""

    calls: tuple[Call, ...]
    outcome: Outcome


def begun(scenario: Scenario) -> CrashWorld:
    """The workspace before anybody does anything."""
    world = CrashWorld()
    for path, text in scenario.begins.items():
        world.save(path, text)
    world.settle()
    return world


def play(world: CrashWorld, scenario: Scenario) -> None:
    """All acts, and rest after each."""
    for act in scenario.acts:
        act(world)
        world.settle()


@cache
def whole(name: str) -> Whole:
    """The scenario undisturbed: its calls and what comes of it."""
    scenario = SCENARIOS[name]
    world = begun(scenario)
    world.calls.arm()
    play(world, scenario)
    calls = tuple(world.calls.log)
    seen = gather(world)
    outcome = outcome_of(seen)
    check_all(seen, scenario, outcome)
    world.store.remove()
    return Whole(calls=calls, outcome=outcome)


def run(point: Point) -> int:
    """Play the scenario with that point in it, and check every invariant; how many calls recovery made."""
    scenario = SCENARIOS[point.scenario]
    expected = whole(point.scenario).outcome
    world = begun(scenario)
    world.cut = point.fault
    world.calls.arm(point.call, point.fault, point.again)
    try:
        play(world, scenario)
        world.advance(SCAN_EVERY + 10.0)
        world.settle()
        if point.call < len(whole(point.scenario).calls):
            assert world.calls.struck is not None, "the call was never made"
        world.calls.arm()
        check_all(gather(world), scenario, expected)
    except AssertionError as broken:
        raise AssertionError(f"{point.name} (at {world.calls.struck}): {broken}") from broken
    finally:
        world.store.remove()
    return world.calls.recovery


def points_of(name: str) -> list[Point]:
    """Every point of a scenario.

    The process ends once in each epoch: ends within one leave the same behind. Files fail with each errno. Git says no
    more than that it failed, and to whoever called a failing statement all codes of the database are one; those take
    turns, but for the beginning and the end of a transaction.
    """
    calls = whole(name).calls
    points: list[Point] = []
    for number, call in enumerate(calls):
        is_first = number == 0 or calls[number - 1].epoch != call.epoch
        here = Point(scenario=name, call=number, fault=Fault.KILL)
        points += [replace(here, fault=fault) for fault in (ENDS if is_first else ())]
        by_turns = (ERRNOS[number % len(ERRNOS)],)
        each = call.name.startswith("tree.") or call.name in {"db.BEGIN", "db.COMMIT"}
        points += [replace(here, fault=fault) for fault in (ERRNOS if each else by_turns)]
        if call.can_be_late:
            points.append(replace(here, fault=Fault.LATE))
        if is_first:
            points.append(replace(here, fault=Fault.FULL))
    return points


def run_twice(point: Point) -> Point:
    """Play a point at which the process ends, then again with the next process ended too; that second point."""
    recovery = run(point)
    again = replace(point, again=point.call * 37 % max(recovery, 1))
    run(again)
    return again


def gather(world: CrashWorld) -> Evidence:
    """What stands there at rest; then look, start and wait once more."""
    seen = _look(world)
    before = _traces(world)
    world.scan()
    world.advance(6.0)
    world.restart()
    world.settle()
    world.advance(IDLE)
    after = _traces(world)
    again = [f"{name}: {before[name]} became {after[name]}" for name in before if before[name] != after[name]]
    return replace(seen, again=again)


def _look(world: CrashWorld) -> Evidence:
    files = {str(path): world.tree.content(path) or b"" for path in world.paths()}
    kept = world.store.look(
        lambda work: {digest(content) for _, content in world.standing_saves if _has(work, content)}
    )
    kept |= {digest(content) for content in world.tree.private_contents("quarantine")}
    head = world.log.head()
    return Evidence(
        files=files,
        saves=frozenset(world.standing_saves),
        kept=kept,
        events=world.store.look(all_events),
        committed=[line for commit in world.log.commits_between(None, head) for line in commit.events],
        unlevel=world.store.look(
            lambda work: unlevel_in(work, files, lambda path: world.log.read(head, DocumentPath(path)))
        ),
        again=(),
        gone=world.store.look(lambda work: gone_in(work, files)),
    )


def _has(work: UnitOfWork, content: bytes) -> bool:
    try:
        return work.blobs.get(digest(content)) == content
    except KeyError:
        return False


def _traces(world: CrashWorld) -> dict[str, object]:
    files = world.tree.scan().files
    return {
        "events": len(world.events()),
        "commits": len(world.commits()),
        **{path: (stamp.inode, stamp.mtime_ns, world.tree.content(path)) for path, stamp in files.items()},
    }
