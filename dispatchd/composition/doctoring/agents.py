"""Whether agents are kept in cells here; where they are not, what they could have written counts only when confirmed."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from dispatchd.composition.doctoring.finding import Finding, Gravity, Room
from dispatchd.composition.doctoring.patient import Patient, counted

if TYPE_CHECKING:
    from dispatchd.application.ports.sandbox import Containment


def agents_room(patient: Patient) -> Room:
    """Whether a cell holds on this machine, where there are agents."""
    from dispatchd.adapters.runs.bubblewrap import Bubblewrap
    from dispatchd.composition.agents import containment_of

    cards = sum(1 for _ in patient.tree.glob("agents/*/agent.md"))
    names = tuple(_other_names(patient))
    if not cards:
        return Room(name="agents", fact="none has a card", findings=names)
    found = containment_of(patient.workspace, Bubblewrap(Path.home()))
    how = "each turn runs in a cell that holds" if found.holds else "turns run uncontained"
    how = how if found.is_known else "whether a cell holds could not be tried"
    return Room(
        name="agents",
        fact=f"{counted(cards, 'card')}; {how}",
        findings=(*_about_cells(found), *_missing(patient), *names),
    )


def _missing(patient: Patient) -> Iterator[Finding]:
    """The agents whose program is not here."""
    import shutil

    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.agents.engine_choice import engine_named
    from dispatchd.composition.agents import engines

    if patient.database is None:
        return
    with closing(open_read_only(patient.database)) as model:
        agents = [each for each in model.agents() if not each.removed]
    for agent in agents:
        engine = engine_named(engines(), agent.engine)
        programs = engine.programs if engine is not None else ()
        for program in (each for each in programs if shutil.which(each) is None):
            yield Finding(
                code="engine-missing",
                gravity=Gravity.RISK,
                what=f"{program}, which {agent.name} runs on, is not installed, or not on this PATH.",
                why="An issue that it takes cannot begin.",
                next_step=f"Install {program}, or write another engine: in {agent.path or agent.name}"
                "; then: dispatchd down && dispatchd up, where the PATH has changed.",
            )


def _about_cells(found: "Containment") -> Iterator[Finding]:
    if found.holds:
        return
    yield _uncontained(found.why) if found.is_known else _untried(found.why)


def _untried(why: str) -> Finding:
    return Finding(
        code="cell-untried",
        gravity=Gravity.RISK,
        what=f"Whether agents are kept in their cells is not known: {why}.",
        why="A turn runs uncontained where a cell cannot be tried, and what is ticked meanwhile waits for a person's word.",
        next_step="Put that right (make room where a disk is full), then: dispatchd doctor",
    )


def _other_names(patient: Patient) -> Iterator[Finding]:
    """The branches of agents' work that are only other names of something, which would move with them."""
    from dispatchd.adapters.git.runner import GitRunner
    from dispatchd.adapters.git.symbolic import other_names
    from dispatchd.composition.looking import config_of
    from dispatchd.documents.other_names import is_another_name, way_out

    into = config_of(patient.workspace).agents.into
    for branch, name, stands in other_names(GitRunner(patient.common_dir), patient.common_dir, into):
        yield Finding(
            code="branch-another-name",
            gravity=Gravity.BROKEN,
            what=f"{is_another_name(branch, name)}.",
            why="It is not moved: nothing is merged into it, and no work comes back to it, until it is a branch of its own.",
            next_step=f"Run: {way_out(branch, name, stands=stands)}  (or name another commit, where it is to stand).",
        )


def _uncontained(why: str) -> Finding:
    return Finding(
        code="agents-uncontained",
        gravity=Gravity.RISK,
        what=f"Agents run uncontained: {why}.",
        why="While one does, a gate, vote or answer that is ticked in a file is unconfirmed: the agent could have done it.",
        next_step="Run: dispatchd confirm --all  once you have looked, or let agents run in a sandbox.",
    )
