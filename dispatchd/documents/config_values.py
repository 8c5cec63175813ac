"""The settings of a workspace as typed values, with what holds where nothing is written."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Final

from dispatchd.documents.branch_of_work import INTO
from dispatchd.domain.board import Rules
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.issue import ISSUE_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """`[workspace]`. `home` is empty where no clone has been named; `types` come besides the built-in ones."""

    home: str = ""
    start_after: timedelta = timedelta(seconds=30)
    archive_after: timedelta = timedelta(days=14)
    approve_own: bool = True
    require_signed: bool = False
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """`[agents]`."""

    max_running: int = 4
    """Turns that may run at once, in all;"""
    roles: tuple[str, ...] = ()
    """and of one role: `coder=2`;"""
    engines: tuple[str, ...] = ()
    """and on one engine: `claude=1`."""
    base: str = ""
    """The branch that new work begins at; empty: what the main worktree has checked out."""
    into: str = INTO
    """The branch that finished work is merged into."""
    checks: tuple[str, ...] = ()
    """Names in `[commands]` that have to pass before the branch moves."""
    submit_checks: tuple[str, ...] = ()
    """Names in `[commands]` that have to pass on an agent's branch before what it submits is taken."""
    check_within: timedelta = timedelta(minutes=20)
    bounces: int = 3
    """How often work comes back before a person is asked."""
    protected: tuple[str, ...] = (".git*", ".github/*", ".gitlab-ci.yml", ".claude/*", ".codex/*")
    """Paths that agents' work may not change unless a person allows it, for each commit; in every folder, or after `/` at
    the top alone, in whatever case.
    """
    context_chars: int = 60_000
    """How many characters of issue, epic, results and documents an agent is given to begin with."""
    first_line: timedelta = timedelta(seconds=60)
    """An agent that is silent for longer than this at the start is stopped; so is one that waits longer"""
    model_silence: timedelta = timedelta(minutes=5)
    """than this for its model,"""
    tool_silence: timedelta = timedelta(minutes=30)
    """than this in a tool,"""
    turn: timedelta = timedelta(hours=2)
    """or works longer than this in one turn."""
    permission_wait: timedelta = timedelta(seconds=20)
    """How long a turn waits for leave before it ends and a person may take their time."""
    clones: str = ""
    """The folder of agents' worktrees; empty: below the user's state folder."""
    sandbox: str = "bubblewrap"
    """What keeps agents in; with `off` they run uncontained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatorSettings:
    """`[coordinator]`: how much an agent of that role may set in motion from one issue."""

    plans: int = 1
    issues: int = 12
    """In one plan."""
    answers: int = 4
    """Asked of other roles."""
    votes: int = 2
    """Open at once."""
    gate: bool = True
    """Whether a stage for which it plans no gate is given one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSettings:
    """`[budget]`. None is no limit."""

    day_usd: float | None = None
    agent_usd: float | None = None
    """In a day, for each agent."""
    issue_usd: float | None = None
    epic_usd: float | None = None
    turn_usd: float | None = None
    """A turn that has used more is stopped, where its engine says so while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSettings:
    """`[share]`: with whom the branch is shared, and how often it is fetched. With no remote nothing is shared."""

    remote: str = ""
    every: timedelta = timedelta(seconds=15)


KINDS_TOLD: Final = (
    *("question", "permission", "escalation", "gate", "vote", "conflict"),
    *("problem", "notice", "message", "refusal", "pause"),
)
"""What can wait, as `now` and `digest` name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """`[notify]`: who is told that something waits for a person, and of which kinds. With no channel nobody is."""

    command: str = ""
    """A name in `[commands]`, run with what waits on its standard input;"""
    bell: bool = False
    """the bell of the terminal that the daemon was started from;"""
    desktop: bool = False
    """a notification on the desktop, where there is notify-send;"""
    webhook: str = ""
    """an address that what waits is posted to as JSON."""
    now: tuple[str, ...] = ("question", "permission", "escalation", "gate", "vote", "conflict")
    """Kinds that are told at once,"""
    digest: tuple[str, ...] = ("problem", "notice", "message", "refusal")
    """and those that are told together, every so often; others are not told."""
    digest_every: timedelta = timedelta(hours=1)
    within: timedelta = timedelta(seconds=10)
    """How long one channel may take before it is stopped."""

    @property
    def has_channel(self) -> bool:
        """Whether anybody is told at all."""
        return bool(self.command or self.bell or self.desktop or self.webhook)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncSettings:
    """`[sync]`: how long the daemon waits for what."""

    settle: timedelta = timedelta(milliseconds=250)
    """A file is acted on when it has been quiet for this long,"""
    settle_at_most: timedelta = timedelta(seconds=5)
    """but waits no longer than this."""
    adopt_after: timedelta = timedelta(seconds=2)
    refuse_after: timedelta = timedelta(seconds=2)
    vanish_after: timedelta = timedelta(seconds=2)
    typing: timedelta = timedelta(seconds=30)
    """How long an empty or half-written value is somebody typing."""
    autosave_within: timedelta = timedelta(seconds=10)
    hand_at_most: timedelta = timedelta(minutes=5)
    """The longest that a write waits for a hand to leave its file."""
    prose_after: timedelta = timedelta(seconds=60)
    prose_at_most: timedelta = timedelta(minutes=5)
    commit_every: timedelta = timedelta(seconds=1)
    quarantine: timedelta = timedelta(seconds=10)
    render_every: timedelta = timedelta(seconds=1)
    mass_deletion_within: timedelta = timedelta(seconds=10)
    scan_every: timedelta = timedelta(seconds=60)
    poll_every: timedelta = timedelta(seconds=2)
    cookie_every: timedelta = timedelta(seconds=30)
    cookie_within: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything `config.toml` may say."""

    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    workspace: WorkspaceSettings = WorkspaceSettings()
    agents: AgentSettings = AgentSettings()
    coordinator: CoordinatorSettings = CoordinatorSettings()
    budget: BudgetSettings = BudgetSettings()
    share: ShareSettings = ShareSettings()
    notify: NotifySettings = NotifySettings()
    sync: SyncSettings = SyncSettings()

    @property
    def rules(self) -> Rules:
        """What of it the rules depend on."""
        own = (name for name in self.workspace.types if name not in ISSUE_TYPES)
        return Rules(
            people=self.people,
            commands=self.commands,
            types=(*ISSUE_TYPES, *dict.fromkeys(own)),
            approve_own=self.workspace.approve_own,
            require_signed=self.workspace.require_signed,
        )
