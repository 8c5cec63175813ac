"""`epic new` and `epic make`: an outline becomes an epic, the items of its lists become issues.

What an item means is what a tick of its box would mean: both come to the same command.
"""

from collections.abc import Callable

from dispatchd.application.kinds.epic_lists import placing
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.requests.gate_requests import stage_called
from dispatchd.application.requests.lookup import epic_named
from dispatchd.application.requests.request import Request, Verb
from dispatchd.documents.epic_document import EpicDocument, parse_epic
from dispatchd.documents.epic_outline import OutlinedEpic, epic_of
from dispatchd.documents.fence import decode
from dispatchd.domain.command import Circumstance, Command, OpenEpic
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.wording import one_line
from dispatchd.reconcile.list_intents import lists_of
from dispatchd.reconcile.list_items import PlacedItem, wanted_in
from dispatchd.reconcile.list_making import make_command, meant

Draw = Callable[[EntityKind], EntityId]


def outlined(request: Request) -> OutlinedEpic:
    """What the outline of *request* says; its own title comes before the outline's, and that before its file's name."""
    epic = epic_of(request.text("outline"))
    title = request.text("title") or epic.title or request.text("name")
    return OutlinedEpic(title=one_line(title), body=epic.body)


def plan_epics(
    work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw
) -> tuple[Command, ...]:
    """Open an epic, or make the issues of one."""
    if request.verb is Verb.EPIC_NEW:
        return plan_epic(request, circumstance, draw)
    return plan_make(work, request, circumstance)


def plan_epic(request: Request, circumstance: Circumstance, draw: Draw) -> tuple[Command, ...]:
    """Open an epic, a draft, with the stages of its outline."""
    outline = outlined(request)
    if not outline.title:
        raise Rejected(
            "give it a title, in the command or as the outline's first heading: dispatchd epic new TITLE",
            key="title",
        )
    document = parse_epic(outline.body)
    for problem in document.problems:
        raise Rejected(str(problem))
    epic = Epic(
        id=draw(EntityKind.EPIC),
        title=outline.title,
        created=circumstance.at,
        stages=tuple(Stage(plan=plan) for plan in document.plans),
    )
    return (OpenEpic(epic=epic),)


def plan_make(work: UnitOfWork, request: Request, circumstance: Circumstance) -> tuple[Command, ...]:
    """Make what the lists of an epic, or of one of its stages, want; nothing where everything is made."""
    epic = epic_named(work, request.text("id"))
    record = work.documents.of(epic.id)
    if record is None:
        return ()
    document = _document(work, record)
    placed = placing(work, epic.id, record.path).place(lists_of(document))
    typed = request.text("stage")
    stages = [stage_called(epic, typed)] if typed else list(epic.stages)
    for stage in stages:
        _check_marks(work, record, wanted_in(placed, stage.name))
    made = (make_command(work, epic.id, stage.name, placed, circumstance.at) for stage in stages)
    return tuple(command for command in made if command is not None)


def _document(work: UnitOfWork, record: DocumentRecord) -> EpicDocument:
    text = decode(work.blobs.get(record.current)) if record.current is not None else ""
    if not isinstance(text, str) or record.parked is not None:
        raise Rejected(f"mend {record.path} first; it cannot be read", subject=EntityId(record.subject))
    return parse_epic(text)


def _check_marks(work: UnitOfWork, record: DocumentRecord, wanted: tuple[PlacedItem, ...]) -> None:
    for each in wanted:
        for problem in meant(work, each.item.marks).problems:
            raise Rejected(f"{record.path}:{each.item.line}: {problem}", subject=EntityId(record.subject))
