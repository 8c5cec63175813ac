"""A world whose agents work on branches of a real repository, which people check out, write anew and delete."""

import os
import subprocess
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, Final, cast

from dispatchd.adapters.git.integration import GitIntegration
from dispatchd.adapters.git.peoples_work import GitPeoplesWork
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.merging import merge_next
from dispatchd.application.agents.submitting import submit
from dispatchd.application.ports.integration import CheckResult
from dispatchd.application.ports.work_clones import WorkClone
from dispatchd.domain.agent_run import RunOutcome
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.run_command import EndRun
from dispatchd.domain.thread import Thread
from tests.adapters.git.test_work_clones import git
from tests.application.dispatching_world import SESSION, Dispatching
from tests.application.flow_world import CONFIG, ISSUE
from tests.application.world import World
from tests.fakes.instant_store import run

INTO: Final = "dispatchd/integration"
ASH: Final = ("ash", "ash@agents.dispatchd.local")
ALICE: Final = ("Alice Doe", "alice@example.com")


def git_as(who: tuple[str, str], folder: Path, *arguments: str) -> str:
    """What git says to somebody, name and address."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for whose in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{whose}_NAME": who[0], f"GIT_{whose}_EMAIL": who[1]}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


class BranchWorld(Dispatching):
    """ash's clone of *repository*, and a person who works in the repository itself."""

    thread = ""
    """What ash has asked."""

    def __init__(self, world: World, repository: Path) -> None:
        super().__init__(world)
        self.folder, common = repository, repository / ".git"
        self.clones = GitWorkClones(
            common, lambda: repository.parent / "clones", lambda: repository.parent / "scratch"
        )
        self.integration = GitIntegration(common, repository.parent / "tries")
        self.people = GitPeoplesWork(common)
        self.while_checked: Callable[[], object] = lambda: None

    @property
    def desk(self) -> Desk:
        made = super().desk
        ports = cast("Any", made.ports)
        ports.clones, ports.people, ports.integration = self.clones, self.people, self.integration
        ports.checks = self._check
        return made

    def _check(self, _commit: str, _name: str, command: str, _within: float) -> CheckResult:
        self.while_checked()
        return CheckResult(command=command, exit_code=0, tail="", seconds=0.0)

    def is_checked(self, meanwhile: Callable[[], object]) -> None:
        """Merges have to pass a check, and *meanwhile* is what a person does while it runs."""
        self.world.save("config.toml", CONFIG + '\n[agents]\nchecks = ["test"]\n')
        self.world.settle()
        self.while_checked = meanwhile

    @property
    def clone(self) -> WorkClone:
        made = self.work()
        return self.clones.make(made.issue, made.branch, made.base)

    @property
    def at(self) -> str:
        """Where the branch stands."""
        return git(self.folder, "rev-parse", self.work().branch)

    def commits(self, name: str, text: str = "ash\n") -> str:
        """The agent commits in its worktree."""
        clone = self.clone
        (clone.path / name).write_text(text, encoding="utf-8")
        git(clone.path, "add", name)
        git_as(ASH, clone.path, "commit", "-qm", f"Change {name}")
        return git(clone.path, "rev-parse", "HEAD")

    def hands_in(self) -> None:
        """The turn that runs submits what is committed, and is over."""
        self.hands_in_and_then(lambda: None)

    def hands_in_and_then(self, does: Callable[[], object]) -> None:
        """The turn submits, and before it is over somebody *does* something."""
        run(submit(self.desk, self.live(), "Done."))
        does()
        self.leaves()

    def leaves(self, outcome: RunOutcome = RunOutcome.OK) -> None:
        """The turn that runs ends, and its branch is fetched."""
        made = self.work()
        clone = WorkClone(
            issue=ISSUE, branch=made.branch, base=made.base, path=self.clones.place_of(made.issue)
        )
        head = self.clones.fetch_back(clone)
        self.daemon(EndRun(run=self.live().id, outcome=outcome, session=SESSION, commit=head))
        self.world.settle()

    def by_hand(self, *arguments: str) -> str:
        """A person's git, in the repository."""
        return git_as(ALICE, self.folder, *arguments)

    def person_commits(self, name: str, message: str = "By hand") -> str:
        """On the branch, in the person's own checkout, which goes back."""
        self.by_hand("checkout", "-q", self.work().branch)
        (self.folder / name).write_text("alice\n", encoding="utf-8")
        self.by_hand("add", "-A")
        self.by_hand("commit", "-qm", message)
        made = self.by_hand("rev-parse", "HEAD")
        self.by_hand("checkout", "-q", "main")
        return made

    def person_takes_out(self, name: str) -> str:
        """Out of the branch's last commit."""
        self.by_hand("checkout", "-q", self.work().branch)
        self.by_hand("rm", "-q", name)
        self.by_hand("commit", "-q", "--allow-empty", "--amend", "--no-edit")
        made = self.by_hand("rev-parse", "HEAD")
        self.by_hand("checkout", "-q", "main")
        return made

    def merges(self) -> None:
        """What the merge queue does."""
        nothing: AbstractAsyncContextManager[object] = nullcontext()
        for _ in range(4):
            run(merge_next(nothing, self.desk))
        self.world.settle()

    def merged(self) -> list[str]:
        """The files on the integration branch."""
        return git(self.folder, "ls-tree", "-r", "--name-only", INTO).split()

    def asked(self) -> list[Thread]:
        """The open threads about how the work is to go on."""
        threads = self.world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
        found = [each for each in threads if isinstance(each, Thread) and each.status == "open"]
        return [each for each in found if each.cause.startswith("stuck:")]
