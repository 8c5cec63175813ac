"""What the rules may look up while they decide: the workspace as it stands, read only."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Protocol

from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, RunId, Work
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import ISSUE_TYPES, Issue
from dispatchd.domain.pause import Pause
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread

Entity = Issue | Epic | Proposal | Thread | Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The settings that rules depend on. `people` maps a handle to its e-mail addresses."""

    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    types: tuple[str, ...] = ISSUE_TYPES
    approve_own: bool = True
    require_signed: bool = False


class Board(Protocol):
    """Look-ups by id, each the state after every event so far. Removed entities are found, and say `removed`."""

    @property
    def rules(self) -> Rules: ...

    @property
    def pause(self) -> Pause | None:
        """The brake, while it is on."""
        ...

    def issue(self, issue_id: EntityId) -> Issue | None: ...

    def epic(self, epic_id: EntityId) -> Epic | None: ...

    def proposal(self, proposal_id: EntityId) -> Proposal | None: ...

    def thread(self, thread_id: EntityId) -> Thread | None: ...

    def agent(self, name: str) -> Agent | None: ...

    def agents(self) -> Iterable[Agent]:
        """Every agent whose card stands."""
        ...

    def issues_of(self, epic_id: EntityId) -> Iterable[Issue]:
        """The issues that name this epic, oldest first, removed ones left out."""
        ...

    def dependants_of(self, issue_id: EntityId) -> Iterable[Issue]:
        """The issues that depend on this one."""
        ...

    def children_of(self, issue_id: EntityId) -> Iterable[Issue]:
        """The issues whose parent this one is."""
        ...

    def is_worked_on(self, issue_id: EntityId) -> bool:
        """Whether an agent's turn is running on it now."""
        ...

    def run(self, run_id: RunId) -> AgentRun | None:
        """An agent's turn, over or not."""
        ...

    def live_run(self, issue_id: EntityId) -> AgentRun | None:
        """The turn that runs on this issue now."""
        ...

    def work(self, issue_id: EntityId) -> Work | None:
        """What agents have made of this issue so far."""
        ...

    def threads_of(self, issue_id: EntityId) -> Iterable[Thread]:
        """The threads about this issue, oldest first, removed ones left out."""
        ...

    def open_thread_about(self, cause: str) -> Thread | None:
        """The open thread that the daemon opened for *cause*."""
        ...
