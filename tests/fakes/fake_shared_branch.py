"""A remote in memory: where the branch stands there, and the ends of it that this clone let go of."""

from dataclasses import dataclass, field

from dispatchd.application.ports.audit_log import CommitId, HeadRelation
from dispatchd.application.ports.shared_branch import SharedBranch, ShareFailed, Trouble
from tests.fakes.fake_audit_log import FakeAuditLog


@dataclass(slots=True)
class FakeSharedBranch:
    """The remotes of the clone whose branch is *log*: where the branch stands at each, and what was agreed with it."""

    log: FakeAuditLog
    ends: dict[str, CommitId] = field(default_factory=dict)
    shared: dict[str, CommitId] = field(default_factory=dict)

    def fetch(self, remote: str) -> CommitId | None:
        return self.ends.get(remote)

    def push(self, remote: str, commit: CommitId, *, over: CommitId | None = None) -> None:
        stands = self.ends.get(remote)
        if (
            stands is not None
            and over != stands
            and self.log.relation(stands, commit) is HeadRelation.TRAVELLED
        ):
            raise ShareFailed(Trouble.OVERTAKEN, f"somebody else pushed to {remote}")
        self.ends[remote] = commit

    def agreed(self, remote: str) -> CommitId | None:
        return self.shared.get(remote)

    def agree(self, remote: str, commit: CommitId) -> None:
        self.shared[remote] = commit

    def let_go(self, commit: CommitId, name: str) -> str:
        self.log.let_go.append(commit)
        return name


_port: type[SharedBranch] = FakeSharedBranch
