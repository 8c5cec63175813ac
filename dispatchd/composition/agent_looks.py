"""Looking at agents' work: one moment of the database, the runs' folders and the worktrees; nothing here changes them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispatchd.composition.acting import refuse_agents
from dispatchd.composition.looking import Workspace, config_of, database_of
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.wording import in_bytes

if TYPE_CHECKING:
    from dispatchd.adapters.git.integration import GitIntegration
    from dispatchd.application.ports.agent_engine import AgentEngine
    from dispatchd.application.ports.assets import Assets
    from dispatchd.application.ports.run_room import RunRoom
    from dispatchd.application.ports.unit_of_work import UnitOfWork
    from dispatchd.application.ports.work_clones import WorkClone, WorkClones
    from dispatchd.domain.agent_run import Work


class AgentsLook:
    """What the commands that look at agents are handed."""

    def __init__(self, workspace: Workspace, work: "UnitOfWork") -> None:
        self._workspace = workspace
        self.work = work

    @property
    def config(self) -> Any:
        """The settings as their file says now."""
        return config_of(self._workspace)

    @property
    def policies(self) -> str:
        """`policies.toml` as it stands in the tree; empty where there is none, or none that reads."""
        try:
            return (self._workspace.tree / "policies.toml").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    @property
    def now(self) -> datetime:
        """The clock."""
        from dispatchd.adapters.system.system_clock import SystemClock

        return SystemClock().now()

    @property
    def room(self) -> "RunRoom":
        """The folders of runs."""
        from dispatchd.adapters.runs.folder_run_room import FolderRunRoom

        return FolderRunRoom(self._workspace.private / "runs")

    @property
    def clones(self) -> "WorkClones":
        """The worktrees."""
        from dispatchd.composition.agents import clones_of

        return clones_of(self._workspace)

    @property
    def orphaned(self) -> "tuple[tuple[Path, str], ...]":
        """Folders of worktrees that belong to no repository any more, each with where that stood."""
        from dispatchd.composition.worktree_places import orphaned_folders

        return orphaned_folders(self._workspace)

    def finished(self) -> "tuple[WorkClone, ...]":
        """The worktrees of issues that are over: nobody works there any more."""
        return tuple(each for each in self.clones.all() if self._is_over(each.issue))

    def _is_over(self, issue_id: str) -> bool:
        issue = self.work.issue(EntityId(issue_id))
        return issue is None or issue.removed or issue.status.is_final

    def room_of(self, clones: "Sequence[WorkClone]") -> str:
        """How much *clones* take on the disk, in words: `433 MB`."""
        from dispatchd.adapters.system.disk_room import room_taken

        return in_bytes(sum(room_taken(each.path) for each in clones))

    def patch_of_branch(self, made: "Work") -> str | None:
        """What the branch of *made* changes, as a patch; None where that is gone from the repository.

        Raises CloneFailed.
        """
        from dispatchd.adapters.git.branch_patch import branch_patch
        from dispatchd.adapters.git.runner import GitFailedError
        from dispatchd.application.ports.work_clones import CloneFailed

        try:
            return branch_patch(self._workspace.places.common_dir, made.branch, made.base)
        except GitFailedError as failed:
            raise CloneFailed(f"what {made.branch} changes cannot be read: {failed}") from failed

    def told(self, line: bytes, engine: str, memory: str) -> tuple[tuple[str, ...], str]:
        """What one line of a transcript tells a person, and the engine's memory after it."""
        from dispatchd.application.agents.engine_choice import engine_named
        from dispatchd.application.agents.transcripts import lines_of
        from dispatchd.composition.agents import engines

        known = engine_named(engines(), engine)
        return lines_of(known, line, memory) if known is not None else ((), memory)

    @property
    def assets(self) -> "Assets":
        """The texts that come with dispatchd."""
        from dispatchd.adapters.assets.packaged_assets import PackagedAssets

        return PackagedAssets()

    @property
    def engines(self) -> "Mapping[str, AgentEngine]":
        """The programs that run agents."""
        from dispatchd.composition.agents import engines

        return engines()

    def why_merging_waits(self) -> str:
        """Where the integration branch is checked out, if it is; no submitted work is merged meanwhile."""
        from dispatchd.application.agents.checked_out import why_merging_waits

        return why_merging_waits(_integration(self._workspace), self.config.agents.into)

    def check_at_work(self, issue_id: str) -> str:
        """The check of merges that runs on the work on an issue just now; empty where none does."""
        from dispatchd.composition.looking import daemon_of
        from dispatchd.composition.worktree_places import clones_folder

        if daemon_of(self._workspace) is None:  # one that was killed leaves the folder of its check
            return ""
        scratch = clones_folder(self._workspace) / ".scratch"
        return next(
            (each for each in self.config.agents.checks if (scratch / f"check-{issue_id}-{each}").is_dir()),
            "",
        )

    def context(self, issue_id: str) -> str:
        """What an agent would be told if a turn on the issue began now."""
        from dispatchd.application.agents.context import context_for

        return context_for(self.work, self.assets, issue_id, self.config.agents.context_chars)


@contextmanager
def look_at_agents(workspace: Workspace) -> Iterator[AgentsLook]:
    """One moment of agents' work. Raises a StoreFailure where there is no database yet."""
    from dispatchd.adapters.sqlite.read_only_work import read_only_work

    with read_only_work(database_of(workspace)) as work:
        yield AgentsLook(workspace, work)


def merge_into(workspace: Workspace, branch: str, epic: str | None = None) -> str:
    """Move a branch of the user's forward to where the integration branch is; what was done, in a sentence.

    With *epic*: to where the last of that epic was merged. Raises Rejected where it is checked out, or has commits
    that the integration branch has not, or something of the epic is not merged yet.
    """
    from dispatchd.application.agents.handing_over import hand_over, merges_of
    from dispatchd.application.requests.lookup import epic_named

    refuse_agents(workspace)
    merges = None
    if epic is not None:
        with look_at_agents(workspace) as look:
            merges = merges_of(look.work, epic_named(look.work, epic))
    return hand_over(_integration(workspace), config_of(workspace).agents.into, branch, merges=merges)


def merge_from(workspace: Workspace, branch: str) -> str:
    """Merge a branch of the user's into the integration branch, if the checks pass; what was done, in a sentence.

    Raises Rejected where nothing was moved: at a conflict, a red check, or a checkout of the integration branch.
    """
    from dispatchd.adapters.runs.bubblewrap import Bubblewrap
    from dispatchd.application.agents.bringing_in import bring_branch
    from dispatchd.composition.agents import checks_of, containment_of
    from dispatchd.composition.in_force import config_in_force
    from dispatchd.domain.errors import Rejected

    refuse_agents(workspace)
    config = config_in_force(workspace)
    sandbox, integration = Bubblewrap(Path.home()), _integration(workspace)
    if config.agents.checks:
        containment = containment_of(workspace, sandbox)
        if (
            not containment.holds
        ):  # what agents wrote would run beside everything of this user's, unknown to the daemon
            raise Rejected(
                f"the checks of merges have to run on it, and no cell holds here ({containment.why}); with git alone and "
                f"without checks, on a branch that has everything: git fetch . {branch}:{config.agents.into}"
            )
    return bring_branch(integration, config, branch, checks_of(workspace, integration, sandbox))


def _integration(workspace: Workspace) -> "GitIntegration":
    from dispatchd.adapters.git.integration import GitIntegration
    from dispatchd.composition.worktree_places import clones_folder

    return GitIntegration(workspace.places.common_dir, clones_folder(workspace) / ".scratch")


def clean_worktrees(workspace: Workspace, issues: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Take away the worktrees of these issues; for each what became of it. Nothing in one is lost: refs keep it."""
    from dispatchd.application.ports.work_clones import CloneFailed
    from dispatchd.composition.agents import clones_of

    refuse_agents(workspace)
    clones = clones_of(workspace, held=True)
    done: list[tuple[str, str]] = []
    for clone in clones.all():
        if clone.issue in issues:
            try:
                saved = clones.remove(clone)
                kept = f"; what was not committed is kept in {' and '.join(saved)}" if saved else ""
                done.append((clone.issue, f"removed{kept}"))
            except (CloneFailed, OSError) as failed:
                done.append((clone.issue, str(failed)))
    return tuple(done)
