"""The short lists: epics, proposals, threads and agents, each as a table or as JSON."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dispatchd.cli.entity_views import agent_facts, epic_facts, proposal_facts, thread_facts
from dispatchd.cli.tables import Column, table_told_whole
from dispatchd.cli.terminal import Style, aside
from dispatchd.cli.times import clock

if TYPE_CHECKING:
    from dispatchd.application.ports.read_rows import AgentRow, EpicRow, ProposalRow, ThreadRow
    from dispatchd.cli.invocation import Invocation

ID = Column(title="id", style=Style.ACCENT)
TITLE = Column(title="title", gives_way=True)
EPICS = (
    ID,
    Column(title="status"),
    Column(title="stage", gives_way=True),
    Column(title="done", right=True),
    TITLE,
)
PROPOSALS = (
    ID,
    Column(title="status"),
    Column(title="votes", optional=True),
    Column(title="still to vote", gives_way=True),
    Column(title="until", optional=True),
    TITLE,
)
THREADS = (
    ID,
    Column(title="status"),
    Column(title="kind"),
    Column(title="from"),
    Column(title="since", style=Style.QUIET, optional=True),
    TITLE,
)
AGENTS = (
    Column(title="name", style=Style.ACCENT),
    Column(title="role"),
    Column(title="engine"),
    Column(title="issues"),
    Column(title="does", gives_way=True),
)


def show_epics(invocation: "Invocation", *, everything: bool, as_json: bool) -> None:
    """Epics; those that are over only if asked for."""
    states = () if everything else ("draft", "ready", "in_progress", "awaiting_gate")
    with invocation.reading() as model:
        rows = model.epics(states)
    _show(invocation, rows, EPICS, _epic, epic_facts, "No epic is under way.", as_json=as_json)


def _epic(row: "EpicRow") -> tuple[str, ...]:
    under_way = (stage.name for stage in row.stages if stage.state in {"in_progress", "awaiting_gate"})
    done = f"{row.done}/{row.total}" if row.total else ""
    return row.id, row.status.replace("_", " "), next(under_way, ""), done, row.title


def show_proposals(invocation: "Invocation", *, everything: bool, as_json: bool) -> None:
    """Proposals, the next to end first; closed ones only if asked for."""
    with invocation.reading() as model:
        rows = sorted(model.proposals(() if everything else ("draft", "open")), key=_ends)
    _show(
        invocation, rows, PROPOSALS, _proposal, proposal_facts, "Nothing is put to the vote.", as_json=as_json
    )


def _ends(row: "ProposalRow") -> tuple[bool, str]:
    return row.deadline is None, row.deadline.isoformat() if row.deadline else ""


def _proposal(row: "ProposalRow") -> tuple[str, ...]:
    votes = f"{row.approve} for, {row.reject} against" if row.votes else ""
    until = clock(row.deadline) if row.deadline else ""
    missing = ", ".join(row.missing) if row.status == "open" else ""
    return row.id, row.status.replace("_", " "), votes, missing, until, row.title


def show_threads(invocation: "Invocation", *, everything: bool, as_json: bool) -> None:
    """Threads, the oldest first; those that wait for agents, or for nobody any more, only if asked for."""
    with invocation.reading() as model:
        people = {agent.name for agent in model.agents()}
        rows = [
            row
            for row in model.threads(() if everything else ("open",))
            if everything or row.to is None or row.to not in people
        ]
    _show(invocation, rows, THREADS, _thread, thread_facts, "Nothing waits in the inbox.", as_json=as_json)


def _thread(row: "ThreadRow") -> tuple[str, ...]:
    return row.id, row.status, row.kind, row.sender, clock(row.created), row.title


def show_agents(invocation: "Invocation", *, as_json: bool) -> None:
    """Agents by name, and what they do."""
    from dispatchd.application.agents_at_rest import doings

    with invocation.reading() as model:
        rows = model.agents()
        doing = doings(model, rows)

    def cells(row: "AgentRow") -> tuple[str, ...]:
        issues, state = doing[row.name]
        return row.name, row.role, row.engine, ", ".join(issues), state

    nobody = "No agent is known yet: dispatchd as NAME ask … makes one known, or a file agents/NAME/agent.md."
    _show(invocation, rows, AGENTS, cells, agent_facts, nobody, as_json=as_json, headed=True, whole=True)


def _show(
    invocation: "Invocation",
    rows: Sequence[Any],
    columns: Sequence[Column],
    cells: Callable[[Any], tuple[str, ...]],
    facts: Callable[[Any], dict[str, Any]],
    nothing: str,
    *,
    as_json: bool,
    headed: bool = False,
    whole: bool = False,
) -> None:
    if as_json:
        invocation.screen.show_json({"items": [facts(row) for row in rows]})
    elif rows:
        shown = [cells(row) for row in rows]
        told = [whole] * len(shown)
        invocation.screen.show(*table_told_whole(columns, shown, told, invocation.screen, headed=headed))
    else:
        aside(nothing)
