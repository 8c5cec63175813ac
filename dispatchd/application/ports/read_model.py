"""What commands that only look may ask of the workspace, with and without a daemon: one moment, read only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from dispatchd.application.ports.file_stamp import Proof
from dispatchd.application.ports.read_rows import (
    AgentRow,
    AuditLag,
    BrakeRow,
    DecisionRow,
    EpicRow,
    IssueDetail,
    IssueFilter,
    IssueRow,
    LogRow,
    NameRow,
    ProblemRow,
    ProposalRow,
    Resolved,
    RunRow,
    ThreadRow,
    WorkRow,
)
from dispatchd.domain.identifiers import DocumentPath

_EVERYTHING: Final = IssueFilter()


class ReadModel(Protocol):
    """One moment of the workspace. Lists leave removed entities out; a look-up by id finds them. Every call may raise
    a StoreFailure.
    """

    def issues(self, wanted: IssueFilter = _EVERYTHING) -> Sequence[IssueRow]:
        """By priority, then age."""
        ...

    def issue(self, issue_id: str) -> IssueDetail | None: ...

    def issue_counts(self) -> Mapping[str, int]:
        """How many issues are in each state; states without any are left out."""
        ...

    def epics(self, status: Sequence[str] = ()) -> Sequence[EpicRow]:
        """Those in one of these states (none given: all), oldest first."""
        ...

    def epic(self, epic_id: str) -> EpicRow | None: ...

    def proposals(self, status: Sequence[str] = ()) -> Sequence[ProposalRow]:
        """Those in one of these states (none given: all), oldest first."""
        ...

    def proposal(self, proposal_id: str) -> ProposalRow | None: ...

    def threads(self, status: Sequence[str] = ()) -> Sequence[ThreadRow]:
        """Those in one of these states (none given: all), oldest first."""
        ...

    def thread(self, thread_id: str) -> ThreadRow | None: ...

    def agents(self) -> Sequence[AgentRow]: ...

    def agent(self, name: str) -> AgentRow | None: ...

    def decisions(self) -> Sequence[DecisionRow]: ...

    def decision(self, decision_id: str) -> DecisionRow | None: ...

    def brake(self) -> BrakeRow | None:
        """The brake, while it is on."""
        ...

    def runs(self) -> Sequence[RunRow]:
        """The agents' turns that run now, longest first."""
        ...

    def works(self) -> Sequence[WorkRow]:
        """What agents have made of issues and is not merged."""
        ...

    def log(
        self, subject: str | None = None, limit: int | None = None, since: datetime | None = None
    ) -> Sequence[LogRow]:
        """The newest *limit* entries (about *subject*, and of an issue what was asked and said in the threads about
        it; not before *since*), newest first.
        """
        ...

    def problems(self) -> Sequence[ProblemRow]:
        """By path and line."""
        ...

    def owed_count(self) -> int:
        """How many files are still to be written, moved or removed."""
        ...

    def audit_lag(self) -> AuditLag: ...

    def document_of(self, subject: str) -> str | None:
        """The path of the file of *subject*."""
        ...

    def text_of(self, subject: str) -> str | None:
        """The whole text of the file of *subject*, as the database wants it."""
        ...

    def looks(self) -> Mapping[DocumentPath, Proof | None]:
        """Path to how the file looked, its times settled or not, for every document on disk: to see whether files are
        newer.
        """
        ...

    def note(self, key: str) -> str | None:
        """A single remembered value."""
        ...

    def resolve(self, typed: str, kind: str | None = None) -> Resolved:
        """The entity meant by *typed*: an id or the beginning of one (with or without its letter, in any case), an
        agent's name, a path in the tree, or what stands under `source`. *kind* leaves the others out.
        """
        ...

    def names(self, typed: str, kinds: Sequence[str], limit: int) -> Sequence[NameRow]:
        """What stands of *kinds* whose id begins with *typed* or whose title holds it; what is finished comes last."""
        ...

    def name_of(self, entity_id: str) -> NameRow | None:
        """What stands under this id; None where nothing does, or it was removed."""
        ...

    def labels(self) -> Sequence[str]:
        """The labels of issues that stand, the most used first."""
        ...

    def close(self) -> None: ...
