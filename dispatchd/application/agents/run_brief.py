"""What is known of a turn when its process is to be started: its work, its prompt, its agent and the agent's card."""

from collections.abc import Mapping
from dataclasses import field

from dispatchd.application.agents.answering import answering_system
from dispatchd.application.agents.context import system_for
from dispatchd.application.agents.voting.briefing import voting_system
from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.agent_document import parse_agent
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import NOTHING_SPENT, AgentRun, Spent, Work
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBrief:
    """What is known of a turn that begins; without a prompt where this machine was never told."""

    work: Work
    prompt: str
    system: str
    spent: Spent = NOTHING_SPENT
    """What the conversation has used so far."""
    agent: Agent | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    """On which line of its card each key stands."""

    def card(self, run: AgentRun, key: str) -> str:
        """Where its card says *key*, as `path:line`."""
        path = f"agents/{run.agent}/agent.md"
        return f"{path}:{self.lines[key]}" if key in self.lines else path


def brief_for(assets: Assets, work: UnitOfWork, run: AgentRun) -> RunBrief:
    made = work.work(run.issue) if run.works else _nothing(run)
    digest = work.runs.progress(run.id).prompt
    if made is None or digest is None:
        # A rebuilt database knows of the turn, and not what it was to be told: that was of the machine that began it.
        return RunBrief(work=made or _nothing(run), prompt="", system="")
    agent = work.agent(run.agent)
    prompt = work.blobs.get(digest).decode()
    if run.is_for_answer:
        system = answering_system(work, assets, agent, run.agent)
    elif run.is_for_vote:
        system = voting_system(work, assets, agent, run.agent)
    else:
        system = system_for(work, assets, agent, made)
    lines = _lines_of_card(work, run.agent)
    return RunBrief(
        work=made, prompt=prompt, system=system, spent=_spent_before(work, run), agent=agent, lines=lines
    )


def _lines_of_card(work: UnitOfWork, agent: str) -> Mapping[str, int]:
    record = work.documents.of(agent)
    if record is None or record.current is None:
        return {}
    front = parse_agent(work.blobs.get(record.current).decode("utf-8", errors="replace")).front
    return {key: entry.first + 1 for key, entry in front.entries.items()}


def _spent_before(work: UnitOfWork, run: AgentRun) -> Spent:
    """What the earlier turns of the same conversation have used: some engines count all of them together."""
    earlier = (
        each for each in work.runs.of_issue(run.issue) if each.id != run.id and each.session == run.session
    )
    return sum((each.spent for each in earlier), NOTHING_SPENT) if run.session else NOTHING_SPENT


def _nothing(run: AgentRun) -> Work:
    return Work(issue=run.issue, agent=run.agent, branch="", base=run.base or "")
