"""What a save did to the lists of an epic: links moved, renamed, struck, put in and taken out; the box that was ticked.

Links are compared by the issue they lead to, so that their order and their text may change. A line that is gone
takes its issue out of the stage; one that is only written otherwise (the issue is still spoken of) does nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from dispatchd.documents.boxes import TaskItem
from dispatchd.documents.epic_document import EpicDocument, EpicStage
from dispatchd.documents.epic_lists import ListItem, StageList, mentioned_ids, same_title
from dispatchd.documents.markdown_outline import Outline
from dispatchd.domain.board import Board
from dispatchd.domain.command import MoveIssue, SetFact
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.list_command import OrderIssues
from dispatchd.domain.stages import folded
from dispatchd.reconcile.intents import Act, Intent, Refusal, Typing
from dispatchd.reconcile.list_items import PlacedItem, Placing, runs_of, wanted_in
from dispatchd.reconcile.list_making import early_tick, make_command, meant
from dispatchd.reconcile.places import line_place


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEdit:
    """A save: the text it began as, as it is, and merged with what only the database's side had.

    `renamed` maps headings to what they are called now; `shape` is the outline of *disk*.
    """

    placing: Placing
    base: EpicDocument
    disk: EpicDocument
    merged: EpicDocument
    shape: Outline
    renamed: Mapping[str, str]
    held: Collection[str]
    at: datetime

    @property
    def board(self) -> Board:
        """The workspace as it stands."""
        return self.placing.board


def lists_of(document: EpicDocument) -> list[tuple[str, StageList]]:
    """The lists of *document* with the headings they stand under."""
    return [(stage.plan.name, stage.agenda) for stage in document.stages]


def list_intents(edit: ListEdit) -> tuple[Intent, ...]:
    """What became of the lists; what is to be made of them comes last, when all else is as it is written."""
    base = edit.placing.place(lists_of(edit.base))
    disk = edit.placing.place(lists_of(edit.disk))
    merged = edit.placing.place(lists_of(edit.merged))
    ticks = tuple(_tick_intents(edit, merged))
    answered = {intent.anchor for intent in ticks}
    return (
        *_link_intents(edit, _links(base), _links(disk)),
        *_leaves(edit, _links(base), {each.issue for each in disk}),
        *_order_intents(edit, base, disk, merged),
        *(intent for intent in _mark_intents(edit, base, disk) if intent.anchor not in answered),
        *ticks,
    )


def mark_refusals(board: Board, shape: Outline, placed: Sequence[PlacedItem]) -> Iterator[Refusal]:
    """What is answered at wanted items whose marks mean nothing here."""
    for each in placed:
        problems = meant(board, each.item.marks).problems if each.is_wanted else ()
        if problems:
            why = "; ".join(problems)
            anchor, line = line_place(shape, each.item.line), each.item.line
            yield Refusal(anchor=anchor, why=why, attempted=each.item.title, line=line, settled=False)


def _links(placed: Sequence[PlacedItem]) -> dict[EntityId, list[PlacedItem]]:
    found: dict[EntityId, list[PlacedItem]] = {}
    for each in placed:
        if each.item.link is not None:
            found.setdefault(each.issue, []).append(each)
    return found


def _link_intents(
    edit: ListEdit, base: Mapping[EntityId, list[PlacedItem]], disk: Mapping[EntityId, list[PlacedItem]]
) -> Iterator[Intent]:
    for issue_id, places in disk.items():
        issue = edit.board.issue(issue_id)
        if issue is None or issue.removed or len(places) > 1:
            continue  # where a line was copied nobody can say which of the two counts
        now, anchor = places[0], line_place(edit.shape, places[0].item.line)
        before = base.get(issue_id, [])
        if not before or anchor in edit.held:
            yield from _joins(edit, issue, now, anchor)
        if before:
            yield from _moves(edit, issue, before, now, anchor)
            yield from _retitles(edit, issue, before, now.item, anchor)
        if now.item.is_struck and (anchor in edit.held or not any(each.item.is_struck for each in before)):
            yield from _strikes(issue, anchor)
        elif not now.item.is_struck and len(before) == 1:
            yield from _takes_up(edit, issue, before[0].item, now.item, anchor)


def _joins(edit: ListEdit, issue: Issue, now: PlacedItem, anchor: str) -> Iterator[Intent]:
    """A link put into a list puts its issue there, unless it stands in another epic's."""
    if issue.epic not in {None, edit.placing.epic} and issue.stage is not None:
        why = (
            f'take it out of "{issue.stage}" of {issue.epic} first, or change "epic:" in its file; '
            f"{issue.id} stands there, so this is only a link"
        )
        yield Refusal(anchor=anchor, why=why, attempted=issue.id, line=now.item.line, settled=False)
        return
    if issue.epic != edit.placing.epic:
        yield Act(anchor=anchor, command=SetFact(subject=issue.id, key="epic", value=edit.placing.epic))
    if not _is_called(issue.stage, now.stage):
        yield Act(anchor=anchor, command=SetFact(subject=issue.id, key="stage", value=now.stage))


def _moves(
    edit: ListEdit, issue: Issue, before: Sequence[PlacedItem], now: PlacedItem, anchor: str
) -> Iterator[Intent]:
    """A line that stands elsewhere now, or is the last of several: while it stood twice neither counted."""
    was = edit.renamed.get(before[0].stage, before[0].stage)
    is_as_before = len(before) == 1 and _is_called(was, now.stage)
    stands = edit.renamed.get(issue.stage or "", issue.stage)
    if is_as_before or issue.epic != edit.placing.epic or _is_called(stands, now.stage):
        return
    yield Act(
        anchor=anchor,
        command=SetFact(subject=issue.id, key="stage", value=now.stage),
        attempted=now.item.title,
    )


def _retitles(
    edit: ListEdit, issue: Issue, before: Sequence[PlacedItem], now: ListItem, anchor: str
) -> Iterator[Intent]:
    if any(same_title(each.item.title, now.title) for each in before) and anchor not in edit.held:
        return
    if same_title(now.title, issue.title) or issue.epic != edit.placing.epic:
        return
    if not now.title:
        if now.link is not None and now.link.text == "" and now.link.target != issue.id:
            kept = Refusal(anchor=anchor, why=f'kept "{issue.title}"; an issue needs a title', line=now.line)
            yield Typing(anchor=anchor, otherwise=kept)
        return
    yield Act(
        anchor=anchor,
        command=SetFact(subject=issue.id, key="title", value=now.title),
        attempted=now.title,
    )


def _strikes(issue: Issue, anchor: str) -> Iterator[Intent]:
    if not issue.status.is_final:
        yield Act(
            anchor=anchor,
            command=MoveIssue(issue=issue.id, to=IssueStatus.CANCELLED),
            attempted=f"~~{issue.title}~~",
        )


def _takes_up(edit: ListEdit, issue: Issue, before: ListItem, now: ListItem, anchor: str) -> Iterator[Intent]:
    """What was cancelled by striking it does not go on because the strokes are gone: its line says what would."""
    is_looked_at_again = anchor in edit.held and same_title(now.title, issue.title)
    if issue.status is IssueStatus.CANCELLED and (before.is_struck or is_looked_at_again):
        why = f'it stays cancelled; to take it up again write "status: unassigned!" in the file of {issue.id}'
        yield Refusal(anchor=anchor, why=why, attempted=issue.title, line=now.line, settled=False)


def _leaves(
    edit: ListEdit, base: Mapping[EntityId, list[PlacedItem]], listed: Collection[EntityId]
) -> Iterator[Intent]:
    headings = {folded(stage.plan.name): stage for stage in edit.disk.stages}
    spoken_of = mentioned_ids(edit.disk.text)
    for issue_id, places in base.items():
        if issue_id in listed or issue_id in spoken_of:
            continue
        issue = edit.board.issue(issue_id)
        names = [edit.renamed.get(each.stage, each.stage) for each in places]
        was = next((name for name in names if issue is not None and _is_called(issue.stage, name)), names[0])
        stage = headings.get(folded(was))
        if issue is None or issue.removed or issue.epic != edit.placing.epic or stage is None:
            continue  # with its heading gone as well, what became of the stage is asked
        if _is_spoken_of(places, edit.disk.text) or not _is_called(issue.stage, was):
            continue
        yield _leaving(edit, issue, stage)
    yield from _held_back(edit, {*listed, *base})


def _held_back(edit: ListEdit, listed: Collection[EntityId]) -> Iterator[Intent]:
    """Lines that were taken out while an agent works on their issue, looked at once more."""
    for stage in edit.disk.stages:
        if line_place(edit.shape, stage.line) in edit.held:
            for issue in edit.board.issues_of(edit.placing.epic):
                is_out = _is_called(issue.stage, stage.plan.name) and issue.id not in listed
                if is_out and edit.board.is_worked_on(issue.id):
                    yield _leaving(edit, issue, stage)


def _leaving(edit: ListEdit, issue: Issue, stage: EpicStage) -> Intent:
    anchor = line_place(edit.shape, stage.line)
    if edit.board.is_worked_on(issue.id):
        who = issue.assignee or "an agent"
        why = f'put back; {issue.id} can go when {who}, who works on "{issue.title}" now, has stopped'
        return Refusal(anchor=anchor, why=why, attempted=issue.title, line=stage.line)
    command = SetFact(subject=issue.id, key="stage", value=None)
    return Act(anchor=anchor, command=command, attempted=issue.title)


def _is_spoken_of(places: Sequence[PlacedItem], text: str) -> bool:
    """Whether a link to a file that a person named still stands somewhere."""
    targets = {each.item.link.target for each in places if each.item.link is not None}
    return any(target in text for target in targets if target)


def _is_called(stage: str | None, name: str) -> bool:
    return stage is not None and folded(stage) == folded(name)


def _order_intents(
    edit: ListEdit, base: Sequence[PlacedItem], disk: Sequence[PlacedItem], merged: Sequence[PlacedItem]
) -> Iterator[Intent]:
    """The numbered lists of the stages where a person changed which link follows which."""
    names = {new: old for old, new in edit.renamed.items()}
    links = [each for each in disk if each.item.link is not None]
    before = [each for each in base if each.item.link is not None]
    standing = [each for each in merged if not each.is_wanted]
    places = _links(before)
    single = {issue for issue, now in _links(links).items() if len(now) == 1 < len(places.get(issue, ()))}
    for stage in edit.disk.stages:
        name = stage.plan.name
        place = line_place(edit.shape, stage.line)
        own = [each for each in links if _is_called(each.stage, name)]
        anchor = line_place(edit.shape, own[0].item.line) if own else place
        is_as_before = runs_of(before, names.get(name, name)) == runs_of(links, name)
        if is_as_before and anchor not in edit.held and not any(each.issue in single for each in own):
            continue
        command = OrderIssues(epic=edit.placing.epic, stage=name, runs=runs_of(standing, name))
        yield Act(anchor=anchor, command=command, attempted="the order of the list")


def _mark_intents(edit: ListEdit, base: Sequence[PlacedItem], disk: Sequence[PlacedItem]) -> Iterator[Intent]:
    known = {(each.item.title, each.item.marks) for each in base if each.is_wanted}
    for refusal in mark_refusals(edit.board, edit.shape, disk):
        item = next(each.item for each in disk if each.item.line == refusal.line)
        if (item.title, item.marks) not in known or refusal.anchor in edit.held:
            yield refusal


def _tick_intents(edit: ListEdit, merged: Sequence[PlacedItem]) -> Iterator[Intent]:
    names = {new: old for old, new in edit.renamed.items()}
    before = {folded(stage.plan.name): stage for stage in edit.base.stages}
    for stage in edit.disk.stages:
        ticked = next((offer for offer in stage.agenda.offers if offer.ticked), None)
        old = before.get(folded(names.get(stage.plan.name, stage.plan.name)))
        was_open = old is not None and any(not each.ticked for each in old.agenda.offers)
        lines = [*(each.line for each in stage.agenda.offers), *(each.line for each in stage.agenda.wanted)]
        if ticked is None:
            continue
        anchor = line_place(edit.shape, ticked.line)
        if was_open or any(line_place(edit.shape, line) in edit.held for line in lines):
            yield from _making(edit, stage.plan.name, ticked, anchor, merged)
        elif old is None or not old.agenda.offers:
            yield from early_tick(edit.shape, stage)


def _making(
    edit: ListEdit, stage: str, offer: TaskItem, anchor: str, merged: Sequence[PlacedItem]
) -> Iterator[Intent]:
    wanted = wanted_in(merged, stage)
    wrong = [each for each in wanted if meant(edit.board, each.item.marks).problems]
    for each in wrong:
        why = f"{'; '.join(meant(edit.board, each.item.marks).problems)}; nothing was made"
        place = line_place(edit.shape, each.item.line)
        yield Refusal(anchor=place, why=why, attempted=offer.text, line=each.item.line)
    if wrong:
        return
    command = make_command(edit.board, edit.placing.epic, stage, merged, edit.at)
    if command is not None:
        yield Act(anchor=anchor, command=command, attempted=offer.text)
