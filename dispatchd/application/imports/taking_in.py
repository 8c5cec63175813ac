"""Takes in what other trackers hold: each item becomes a command and passes the one door like anybody's.

What has no place here is kept in the body. What stands here already, by its source, is left alone whatever it has
become.
"""

from collections.abc import Collection, Sequence
from dataclasses import field

from dispatchd.application.command_handler import Door
from dispatchd.application.imports.answer import ItemState, Note, Outcome
from dispatchd.application.imports.meaning import Meaning, found_here
from dispatchd.application.imports.papers import Papers
from dispatchd.application.rendering import Rendering
from dispatchd.documents.foreign.item import Becomes, ForeignItem
from dispatchd.documents.foreign.kept_section import body_with_kept
from dispatchd.documents.tree_paths import archive_path, new_path
from dispatchd.domain.command import ChangeSet, Circumstance, OpenEpic, OpenIssue, SetFact
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.reconcile.import_order import LaterEdge, Portion


@dataclass(frozen=True, slots=True)
class _Opened:
    """An item that has been opened; what is kept of it may still grow before its file is written."""

    id: EntityId
    meaning: Meaning


@dataclass(slots=True, kw_only=True)
class TakingIn:
    """One portion within one unit of work. With *dry_run* nothing is opened; `coming` are sources that would be."""

    door: Door
    rendering: Rendering
    by: Circumstance
    dry_run: bool = False
    coming: Collection[str] = ()
    opened: dict[str, _Opened] = field(default_factory=dict)

    def take(self, portion: Portion) -> tuple[Outcome, ...]:
        """Take in *portion*; says of each item what came of it."""
        papers = Papers(door=self.door, by=self.by, dry_run=self.dry_run)
        outcomes: list[Outcome | _Opened] = []
        for item in portion.items:
            here = found_here(self.door.work, item.source)
            if item.becomes is Becomes.DOCUMENT:
                outcomes.append(papers.take(item))
            elif here is not None:
                outcomes.append(Outcome(source=item.source, state=ItemState.HERE, id=here))
            else:
                outcomes.append(self._open(item))
        self._draw(portion.later)
        return tuple(self._finished(each) if isinstance(each, _Opened) else each for each in outcomes)

    def _open(self, item: ForeignItem) -> Outcome | _Opened:
        meaning = Meaning(work=self.door.work, by=self.by, item=item, coming=self.coming)
        kind = EntityKind(item.becomes.value)
        new_id = EntityId("") if self.dry_run else self.door.draw(kind)
        command = (
            OpenEpic(epic=meaning.epic(new_id))
            if kind is EntityKind.EPIC
            else OpenIssue(issue=meaning.issue(new_id))
        )
        if not self.dry_run:
            try:
                self.door.handle(command, self.by)
            except Rejected as rejected:
                return Outcome(source=item.source, state=ItemState.SKIPPED, why=str(rejected))
        self.opened[item.source] = _Opened(new_id, meaning)
        return self.opened[item.source]

    def _draw(self, later: Sequence[LaterEdge]) -> None:
        """Draw the edges that had to wait until both ends stand; what is refused is kept in the text."""
        for edge in later:
            subject = self.opened.get(edge.subject)
            if subject is None or self.dry_run:
                continue
            target = found_here(self.door.work, edge.target)
            why = "it is not here" if target is None else self._drawn(subject.id, edge.key, target)
            if why is not None:
                subject.meaning.keep(edge.key, edge.target)
                detail = f"{edge.key} {edge.target}: {why}"
                subject.meaning.notes.append(
                    Note(what="a fact is refused; it is kept in its text", detail=detail)
                )

    def _drawn(self, subject: EntityId, key: str, target: EntityId) -> str | None:
        try:
            if key == "depends_on":
                self.door.handle(ChangeSet(subject=subject, key=key, add=(target,)), self.by)
            else:
                self.door.handle(SetFact(subject=subject, key=key, value=target), self.by)
        except Rejected as rejected:
            return str(rejected)
        return None

    def _finished(self, opened: _Opened) -> Outcome:
        """Say what its file is to say, and where it goes: what is finished stands in the archive from the beginning."""
        meaning = opened.meaning
        item = meaning.item
        self.rendering.bodies[opened.id] = body_with_kept(item, meaning.kept)
        issue = self.door.work.issue(opened.id) if item.becomes is Becomes.ISSUE else None
        if issue is not None and issue.status.is_final:
            when = item.closed or item.created or self.by.at
            path = new_path(EntityKind.ISSUE, opened.id, issue.title)
            self.rendering.places[opened.id] = archive_path(path, when.year, when.month)
        kept = (*(fact.key for fact in meaning.kept), *(("comments",) if item.comments else ()))
        return Outcome(
            source=item.source,
            state=ItemState.IMPORTED,
            id=opened.id,
            kept=tuple(dict.fromkeys(kept)),
            notes=tuple(meaning.notes),
        )
