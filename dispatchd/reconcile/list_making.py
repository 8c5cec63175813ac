"""From wanted items to the command that makes them issues: what their marks mean, and what of them means nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from dispatchd.documents.epic_document import EpicStage
from dispatchd.documents.list_marks import Marks
from dispatchd.documents.markdown_outline import Outline
from dispatchd.domain.board import Board
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.fact_keys import nearest, spelling
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Issue, Priority, Role
from dispatchd.domain.list_command import MakeIssues
from dispatchd.domain.wording import listed
from dispatchd.reconcile.intents import Refusal
from dispatchd.reconcile.list_items import PlacedItem, runs_of, wanted_in
from dispatchd.reconcile.places import line_place

NOT_OFFERED_YET: Final = (
    "the box below came ticked together with the list, so nothing was made; tick it again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeantMarks:
    """What the marks of an item say of its issue; `problems` are those that say nothing."""

    role: Role | None = None
    assignee: str | None = None
    priority: Priority = Priority.MEDIUM
    labels: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def meant(board: Board, marks: Marks) -> MeantMarks:
    """What *marks* mean here: an `@` names a role, or somebody."""
    roles = [role for who in marks.who if (role := _role(who))]
    people = [name for who in marks.who if not _role(who) and (name := _somebody(board, who))]
    priorities = [word for each in marks.priorities if (word := _priority(each))]
    problems = [
        *(_unknown_name(board, who) for who in marks.who if not _role(who) and not _somebody(board, who)),
        *(_unknown_priority(each) for each in marks.priorities if not _priority(each)),
        *_several("role", "@", roles),
        *_several("assignee", "@", people),
        *_several("priority", "!", priorities),
    ]
    return MeantMarks(
        role=Role(roles[0]) if roles else None,
        assignee=people[0] if people else None,
        priority=Priority(priorities[0]) if priorities else Priority.MEDIUM,
        labels=marks.labels,
        problems=tuple(problems),
    )


def make_command(
    board: Board, epic: EntityId, stage: str, placed: Sequence[PlacedItem], at: datetime
) -> MakeIssues | None:
    """The command that makes what is wanted under *stage*; None where nothing is."""
    wanted = wanted_in(placed, stage)
    if not wanted:
        return None
    return MakeIssues(
        epic=epic,
        stage=stage,
        issues=tuple(_issue(board, each, at) for each in wanted),
        runs=runs_of(placed, stage),
        bodies=tuple((each.issue, each.item.body) for each in wanted if each.item.body),
    )


def _issue(board: Board, placed: PlacedItem, at: datetime) -> Issue:
    facts = meant(board, placed.item.marks)
    return Issue(
        id=placed.issue,
        title=placed.item.title,
        created=at,
        priority=facts.priority,
        labels=facts.labels,
        role=facts.role,
        assignee=facts.assignee,
    )


def _role(who: str) -> str | None:
    return spelling(EntityKind.ISSUE, "role", who)


def _somebody(board: Board, who: str) -> str | None:
    return {name.casefold(): name for name in _names(board)}.get(who.casefold())


def _names(board: Board) -> list[str]:
    return [*board.rules.people, *sorted(agent.name for agent in board.agents() if not agent.removed)]


def _priority(word: str) -> str | None:
    return spelling(EntityKind.ISSUE, "priority", word)


def _unknown_name(board: Board, who: str) -> str:
    near = nearest(who, [*Role, *_names(board)])
    lead = f"did you mean @{near}?" if near else f"write a role ({', '.join(Role)}) or who is to do it;"
    return f'{lead} "@{who}" is no role, and nobody here is called that'


def _unknown_priority(word: str) -> str:
    near = nearest(word, tuple(Priority))
    lead = f"did you mean !{near}?" if near else f"write {listed(f'!{each}' for each in Priority)};"
    return f'{lead} "!{word}" is no priority'


def _several(what: str, mark: str, found: Sequence[str]) -> list[str]:
    different = list(dict.fromkeys(found))
    if len(different) < 2:
        return []
    return [f"keep one {what}; {listed((f'{mark}{each}' for each in different), 'and')} stand there"]


def early_tick(shape: Outline, stage: EpicStage) -> Iterator[Refusal]:
    """What is answered at a box of *stage* that nobody was offered: it came ticked, together with its list.

    Its text may be anybody's, a copy's or an agent's: only a box that stood in the file unticked makes anything.
    """
    ticked = next((offer for offer in stage.agenda.offers if offer.ticked), None)
    if ticked is not None and stage.agenda.wanted:
        last = stage.agenda.wanted[-1].line  # the box is worded anew, to say how many they are
        place = line_place(shape, last)
        yield Refusal(anchor=place, why=NOT_OFFERED_YET, attempted=ticked.text, line=last, rests=False)
