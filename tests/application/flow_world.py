"""A world whose agents hand in commits: a repository of files in memory, tests that pass where the code says so."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast
from xml.sax.saxutils import quoteattr

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.candidates import due_of
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.asking import ask_people_on_the_way
from dispatchd.application.agents.flows.stepping import look_at_what_was_handed_in
from dispatchd.application.agents.flows.turns import PhaseTurn, Ways, on_the_way, turn_for
from dispatchd.application.agents.flows.verbs import answer_finding, give_verdict, look_at_artefact
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.integration import CheckResult
from dispatchd.application.ports.sandbox import Containment
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, Work, run_id
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.flow import Flow
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.path_patterns import matching
from dispatchd.domain.run_command import EndRun, StartRun, SubmitWork
from tests.application.world import World
from tests.fakes.instant_store import run

ISSUE: Final = EntityId("i-7k2m")
BASE: Final = "b" * 40
PATH: Final = "issues/login.md"
CONFIG: Final = '[people]\nalice = ["alice@example.com"]\n\n[commands]\ntest = "make test"\n'
Files = Mapping[str, str]


class Repository:
    """Commits are files by path. A test passes where what it holds stands in `code`."""

    def __init__(self) -> None:
        self.commits: dict[str, Files] = {BASE: {"code": "old", "tests/old": "old"}}
        self.tried: list[str] = []
        self.refs: dict[str, str] = {}
        self.reports = True

    def put(self, files: Files, onto: str) -> str:
        name = f"{len(self.commits):040x}"
        self.commits[name] = {**self.commits[onto], **files}
        return name

    def changed(self, before: str, after: str) -> Sequence[str]:
        one, other = self.commits[before], self.commits[after]
        return [path for path in {**one, **other} if one.get(path) != other.get(path)]

    def fingerprint(self, commit: str, patterns: Sequence[str]) -> str:
        files = self.commits[commit]
        return repr([(path, files[path]) for path in sorted(matching(files, patterns))])

    def with_files_of(self, onto: str, commit: str, patterns: Sequence[str], keep: str) -> str:
        assert keep.startswith(f"red/{ISSUE}")
        theirs = self.commits[commit]
        made = self.put({path: theirs[path] for path in matching(theirs, patterns)}, onto)
        self.refs[keep] = made
        return made

    def __call__(self, commit: str, name: str, command: str, within: float, report: str = "") -> CheckResult:
        assert (name, command, within > 0) == (f"{ISSUE}-phase", "make test", True)
        self.tried.append(commit)
        files = self.commits[commit]
        tests = {path: text in files["code"] for path, text in files.items() if path.startswith("tests/")}
        cases = "".join(
            f"<testcase name={quoteattr(path)}>{'' if good else '<failure/>'}</testcase>"
            for path, good in tests.items()
        )
        return CheckResult(
            command=command,
            exit_code=0 if all(tests.values()) else 1,
            tail="\n".join(f"{path} {'ok' if good else 'FAILED'}" for path, good in tests.items()),
            seconds=0.1,
            report=f"<testsuite>{cases}</testsuite>".encode() if report and self.reports else None,
        )


class FlowWorld:
    """An issue on its way, and what daemon and agents do to it; each method is a whole turn or a look."""

    def __init__(self, world: World, workflow: str = "tdd") -> None:
        self.world, self.repository = world, Repository()
        world.save("config.toml", CONFIG)
        for name, role in (("ash", "coder"), ("oak", "reviewer"), ("yew", "architect"), ("elm", "test")):
            world.save(f"agents/{name}/agent.md", f"---\nname: {name}\nrole: {role}\n---\n\nWorks.\n")
        head = f"---\nid: {ISSUE}\ntitle: Login\nstatus: queued\nworkflow: {workflow}\n---\n\nDo it.\n"
        world.save(PATH, head)
        world.settle()
        self.head = BASE

    @property
    def desk(self) -> Desk:
        ports = SimpleNamespace(
            checks=self.repository,
            commits=self.repository,
            assets=PackagedAssets(),
            settings=self.settings,
            engines={},
        )
        nowhere = SimpleNamespace(repository=Path("/"))
        return Desk(
            session=self.world.session,
            ports=cast("Any", ports),
            places=cast("Any", nowhere),
            containment=Containment(holds=True),
        )

    def settings(self) -> Config:
        return read_config(self.world.read("config.toml")).config or Config()

    def work(self) -> Work:
        found = self.world.store.look(lambda work: work.work(ISSUE))
        assert found is not None
        return found

    @property
    def flow(self) -> Flow:
        found = self.work().flow
        assert found is not None
        return found

    @property
    def file(self) -> str:
        self.world.settle()
        return self.world.read(PATH)

    def daemon(self, *commands: Command) -> None:
        run(self.desk.act(*commands))

    def start(self, agent: str) -> AgentRun:
        """A turn begins as the dispatcher begins it."""
        known = self.world.store.look(lambda work: work.work(ISSUE))
        number = run_id(ISSUE, (known.turns if known else 0) + 1)
        begin = StartRun(
            issue=ISSUE, run=number, agent=agent, occasion=Occasion.BEGIN, branch="dispatchd/x", base=BASE
        )
        way = self.world.store.look(
            lambda work: on_the_way(
                work, PackagedAssets(), _issue(work), agent, branch="dispatchd/x", base=BASE
            )
        )
        self.told = way.told
        self.daemon(begin, *way.begins)
        found = self.world.store.look(lambda work: work.run(number))
        assert found is not None
        return found

    def end(self, turn: AgentRun) -> None:
        self.daemon(EndRun(run=turn.id, outcome=RunOutcome.OK, session=f"s-{turn.agent}"))

    def hand_in(self, agent: str, files: Files | None = None, summary: str = "Done.") -> None:
        """A whole turn of *agent*, with a commit of *files*, each finding answered."""
        turn = self.start(agent)
        for finding in self.flow.open_findings(self.flow.phase):
            run(answer_finding(self.desk, turn, {"number": finding.number, "answer": "Mended."}))
        self.submit(turn, files, summary)
        self.end(turn)

    def submit(self, turn: AgentRun, files: Files | None = None, summary: str = "Done.") -> None:
        if files:
            self.head = self.repository.put(files, self.head)
        run(look_at_artefact(self.desk, turn, self.head, summary))
        submit = SubmitWork(issue=ISSUE, commit=self.head, summary=summary)
        provenance = Provenance(channel=Channel.COMMAND)
        by = Circumstance(actor=agent_actor(turn.agent), at=self.world.clock.now(), provenance=provenance)
        run(self.desk.session.act(lambda _door, _by: Plan(commands=[submit]), lambda _work: by))

    def judge(self, agent: str, verdict: str, *findings: object) -> None:
        """A whole turn of a reviewer."""
        turn = self.start(agent)
        run(give_verdict(self.desk, turn, {"verdict": verdict, "findings": list(findings)}))
        assert self.look()
        self.end(turn)

    def look(self) -> bool:
        """What the daemon does with what was handed in."""
        nothing: AbstractAsyncContextManager[object] = nullcontext()
        return run(look_at_what_was_handed_in(nothing, self.desk))

    def ask(self) -> None:
        """What it asks people, or does as they said."""
        run(ask_people_on_the_way(self.desk))
        self.world.settle()

    def turn(self) -> PhaseTurn:
        """The turn that is due."""

        def due(work: UnitOfWork) -> PhaseTurn:
            issue = _issue(work)
            ways = Ways(assets=PackagedAssets(), commands=self.settings().commands)
            return turn_for(work, ways, issue, due_of(work, issue))

        return self.world.store.look(due)

    def through(self, *steps: tuple[str, Files]) -> None:
        """Hand in and look, one after the other."""
        for agent, files in steps:
            self.hand_in(agent, files)
            assert self.look()


def _issue(work: UnitOfWork) -> Any:
    return work.issue(ISSUE)
