"""What the steps of agents' work share: the session, the outside world that is theirs alone, and a little memory.

The memory is of moments on the monotonic clock. It is lost with the process, and waiting then begins anew.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Done, Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.commit_reading import CommitReading
from dispatchd.application.ports.integration import Checks, Integration
from dispatchd.application.ports.peoples_work import PeoplesWork
from dispatchd.application.ports.run_room import RunRoom
from dispatchd.application.ports.sandbox import Containment, Sandbox
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import WorkClones
from dispatchd.application.session import Session
from dispatchd.documents.config_values import Config
from dispatchd.domain.actors import Actor, Channel, Provenance
from dispatchd.domain.agent_run import RunId
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPlaces:
    """Folders. `homes` has one for each agent; `readable` is what agents need of what a home would hide."""

    repository: Path
    tree: Path
    private: Path
    homes: Path
    user_home: Path
    """Where the credentials of engines stand."""
    readable: tuple[Path, ...] = ()
    foreign: Callable[[], tuple[Path, ...]] = tuple
    """What other workspaces of this user keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPorts:
    """The outside world of agents' work."""

    engines: Mapping[str, AgentEngine]
    room: RunRoom
    clones: WorkClones
    people: PeoplesWork
    integration: Integration
    checks: Checks
    commits: CommitReading
    sandbox: Sandbox
    assets: Assets
    settings: Callable[[], Config]
    missing: Callable[[Sequence[str]], str | None]
    """Of the programs named, the first that is not on PATH."""
    installed: Callable[[Sequence[str]], tuple[Path, ...]]
    """The folders that have to be seen for those programs to run."""
    environment: Callable[[Sequence[str]], Mapping[str, str]]
    """What every agent's environment holds, and of our own what is named."""
    tools: Callable[[RunId], tuple[str, ...]]
    """The command that starts the MCP server of a run."""
    token: Callable[[RunId], str]
    """What proves to the run's socket who speaks."""
    random_uuid: Callable[[RunId], str]
    """A UUID that is the same for the same run."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """`heard` and `stopping` remember moments of the monotonic clock by run."""

    session: Session
    ports: AgentPorts
    places: AgentPlaces
    containment: Containment
    aside: Callable[[Sequence[Callable[[], object]]], Awaitable[Sequence[object]]] | None = None
    """Does blocking work, all at once, and lets others have the session where it takes long."""
    heard: dict[RunId, float] = field(default_factory=dict)
    decided_at: int = -1
    """The newest event when it was last decided which turns begin,"""
    ask_again: datetime | None = None
    """and when that is to be asked again by the clock."""
    opened: dict[RunId, int] = field(default_factory=dict)
    """How many files each turn has put before others."""
    may_be_limited: bool = True
    """Whether an account may be at its limit: it is not looked for in every turn."""
    at_rest: int = -1
    """`Store.changes` when no turn ran and nothing was left to do but by the clock,"""
    nothing_to_merge: int = -1
    """and when there was nothing to merge, to look at or to run. Both are -1 where that is not known."""
    stopping: dict[RunId, tuple[int, float]] = field(default_factory=dict)
    """How far up the ladder a run is that is to stop, and since when."""
    seen_checked_out: Path | None = None
    """Where the integration branch was checked out when people were last told."""
    checks_at_work: int = 0
    """How many checks run now that nothing contains,"""
    has_looked: bool = False
    """and whether the whole tree was looked at since the last agent or check ended that nothing contained."""

    @property
    def contains(self) -> bool:
        """Whether a turn that begins now is kept in a cell."""
        return self.containment.holds and self.ports.settings().agents.sandbox != "off"

    def now(self) -> float:
        """The monotonic clock."""
        return self.session.now()

    async def beside(self, works: Sequence[Callable[[], T]]) -> Sequence[T]:
        """What each of *works* comes to, done at the same time, which may take git long. Others may have had the session:
        what was read before is old then.
        """
        if self.aside is None:
            return [await self.session.run(work) for work in works]
        return cast("Sequence[T]", await self.aside(works))

    async def act(self, *commands: Command) -> Done:
        """Carry out *commands* as the daemon. Raises Rejected."""
        return await self.plan(lambda _door: Plan(commands=commands))

    async def act_for(self, person: Actor, plan: Plan) -> Done:
        """Carry out *plan* as *person*, who has said so in a file. Raises Rejected."""
        by = Circumstance(
            actor=person, at=self.session.ports.clock.now(), provenance=Provenance(channel=Channel.SAVE)
        )
        return await self.session.act(lambda _door, _by: plan, lambda _work: by)

    async def plan(self, make: Callable[[Door], Plan]) -> Done:
        """Carry out what *make* asks for, as the daemon, in one transaction. Raises Rejected."""
        return (await self._plan_at_once([make]))[0]

    async def plan_each(self, makes: Sequence[Callable[[Door], Plan]]) -> Sequence[Done | Rejected]:
        """Carry out what each of *makes* asks for, or say why it is not done; together where nothing is refused, because
        a transaction and what it writes cost about as much for one as for all.
        """
        if len(makes) > 1:
            with contextlib.suppress(Rejected):
                return await self._plan_at_once(makes)
        return [await self._unless_refused(make) for make in makes]

    async def _plan_at_once(self, makes: Sequence[Callable[[Door], Plan]]) -> Sequence[Done]:
        at = self.session.ports.clock.now()
        plans = [lambda door, _by, make=make: make(door) for make in makes]
        return await self.session.act_on_all(plans, lambda _work: by_daemon(at))

    async def _unless_refused(self, make: Callable[[Door], Plan]) -> Done | Rejected:
        try:
            return await self.plan(make)
        except Rejected as refused:
            return refused

    async def read(self, look: Callable[[UnitOfWork], object]) -> object:
        """What *look* finds."""
        return await self.session.ports.store.transact(look)
