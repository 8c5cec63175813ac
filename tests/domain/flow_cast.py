"""An issue on its way through a workflow, on a board in memory, and the people and agents who move it on."""

from dataclasses import replace
from typing import Final

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.documents.workflow_document import read_workflow
from dispatchd.domain.actors import DAEMON, Actor, ActorKind
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, Work, run_id
from dispatchd.domain.command import Command
from dispatchd.domain.flow import Evidence, Finding, Flow
from dispatchd.domain.flow_command import AnswerFinding, BeginFlow, EndPhase, GiveVerdict, PassCheckOfPhase
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.run_command import EndRun, StartRun, SubmitWork
from dispatchd.domain.workflow import Way, Workflow
from tests.fakes.fake_board import NOON, FakeBoard, by

ISSUE: Final = EntityId("i-7k2m")
BASE: Final = "b" * 40


def workflow_of(text: str, name: str = "ours") -> Workflow:
    reading = read_workflow(text, name)
    assert reading.workflow is not None, reading.problems
    return reading.workflow


def ours(name: str) -> Workflow:
    return workflow_of(PackagedAssets().workflows()[name], name)


def agent(name: str) -> Actor:
    return Actor(kind=ActorKind.AGENT, handle=name, name=name, email=f"{name}@agents.localhost")


class FlowDesk:
    """Turns are begun, ended and handed in as an agent and the daemon would."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.board = FakeBoard()
        names = ("ash", "elm", "oak", "yew")
        issue = Issue(
            id=ISSUE, title="Login", created=NOON, status=IssueStatus.QUEUED, workflow=workflow.name
        )
        self.board.entities = {**{name: Agent(name=name) for name in names}, ISSUE: issue}
        self.commits = 0

    @property
    def work(self) -> Work:
        found = self.board.work(ISSUE)
        assert found is not None
        return found

    @property
    def flow(self) -> Flow:
        assert self.work.flow is not None
        return self.work.flow

    @property
    def issue(self) -> Issue:
        found = self.board.issue(ISSUE)
        assert found is not None
        return found

    @property
    def story(self) -> list[str]:
        return [each.text for each in self.work.story]

    def daemon(self, command: Command) -> None:
        self.board.handle(command, by(DAEMON))

    def start(self, name: str) -> AgentRun:
        """A turn of *name*, and with the first one the workflow."""
        known = self.board.work(ISSUE)
        run = run_id(ISSUE, (known.turns if known else 0) + 1)
        self.daemon(
            StartRun(
                issue=ISSUE, run=run, agent=name, occasion=Occasion.BEGIN, branch="dispatchd/x", base=BASE
            )
        )
        self.daemon(BeginFlow(issue=ISSUE, workflow=self.workflow, start=BASE))
        return self.board.runs[run]

    def end(self, run: AgentRun) -> None:
        self.daemon(EndRun(run=run.id, outcome=RunOutcome.OK))

    def hand_in(self, name: str, summary: str = "Done.") -> None:
        """A whole turn of *name*, which answers what is to be answered and hands in a new commit."""
        run = self.start(name)
        for finding in self.flow.open_findings(self.flow.phase):
            answer = AnswerFinding(issue=ISSUE, number=finding.number, answer="Mended.", run=run.id)
            self.board.handle(answer, by(agent(name)))
        self.commits += 1
        submit = SubmitWork(issue=ISSUE, commit=f"{self.commits:040x}", summary=summary, run=run.id)
        self.board.handle(submit, by(agent(name)))
        self.end(run)

    def finish(self, how: str = Way.NEXT, *, shown: bool | None = None) -> None:
        """What the daemon found, or a person said. *shown*: what a check was run for, and whether it did as it should."""
        flow = self.flow
        evidence = None
        if shown is not None:
            evidence = Evidence(commit=flow.commit, command="make test", exit_code=0, as_expected=shown)
        end = EndPhase(
            issue=ISSUE,
            workflow=self.workflow,
            phase=flow.phase,
            round=flow.round,
            how=how,
            evidence=evidence,
        )
        self.daemon(end)

    def pass_to_the_gate(self, *, shown: bool | None = None) -> None:
        """The daemon has looked, and asks a person."""
        flow = self.flow
        evidence = None
        if shown is not None:
            evidence = Evidence(commit=flow.commit, command="make test", exit_code=0, as_expected=shown)
        self.daemon(PassCheckOfPhase(issue=ISSUE, phase=flow.phase, round=flow.round, evidence=evidence))

    def judge(self, name: str, verdict: str, *findings: str) -> None:
        """A whole turn of a reviewer."""
        run = self.start(name)
        self.verdict(agent(name), verdict, *findings, run=run)
        self.finish(self.flow.verdict)
        self.end(run)

    def verdict(self, who: Actor, verdict: str, *findings: str, run: AgentRun | None = None) -> None:
        """What *who* says, an agent in the turn *run*, or the one that runs now; a person of where the work stands."""
        found = tuple(Finding(number=0, text=text) for text in findings)
        turn = run or self.board.live_run(ISSUE)
        give = GiveVerdict(
            issue=ISSUE,
            workflow=self.workflow,
            verdict=verdict,
            findings=found,
            run=turn.id if turn is not None else None,
            asked=self.flow.now,
        )
        self.board.handle(give, by(who))

    def change(self, **facts: object) -> None:
        """The issue with other facts."""
        self.board.entities[ISSUE] = replace(self.issue, **facts)  # type: ignore[arg-type]
