"""Whether agents are kept in cells here; where they are not, what they could have written counts only when confirmed."""

from pathlib import Path

from dispatchd.composition.doctoring.finding import Finding, Gravity, Room
from dispatchd.composition.doctoring.patient import Patient, counted


def agents_room(patient: Patient) -> Room:
    """Whether a cell holds on this machine, where there are agents."""
    from dispatchd.adapters.runs.bubblewrap import Bubblewrap
    from dispatchd.composition.agents import containment_of

    cards = sum(1 for _ in patient.tree.glob("agents/*/agent.md"))
    if not cards:
        return Room(name="agents", fact="none has a card")
    found = containment_of(patient.workspace, Bubblewrap(Path.home()))
    if found.holds:
        return Room(name="agents", fact=f"{counted(cards, 'card')}; each turn runs in a cell that holds")
    return Room(
        name="agents",
        fact=f"{counted(cards, 'card')}; turns run uncontained",
        findings=(_uncontained(found.why),),
    )


def _uncontained(why: str) -> Finding:
    return Finding(
        code="agents-uncontained",
        gravity=Gravity.RISK,
        what=f"Agents run uncontained: {why}.",
        why="While one does, a gate, vote or answer that is ticked in a file is unconfirmed: the agent could have done it.",
        next_step="Run: dispatchd confirm --all  once you have looked, or let agents run in a sandbox.",
    )
