"""What an item's words mean here: its facts in our vocabulary, its references as ids, and what is kept in the body.

Nothing that an import brings begins by itself: what would be queued is not yet, and an agent is given nothing.
"""

from collections.abc import Collection
from dataclasses import field
from typing import Final

from dispatchd.application.imports.answer import Note
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.foreign.item import ForeignItem, KeptFact
from dispatchd.documents.foreign.kept_section import tool_of
from dispatchd.documents.stamps import plain
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic, EpicStatus
from dispatchd.domain.fact_keys import spelling
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Issue, IssueStatus, Priority

_NOT_BY_ITSELF: Final = frozenset({IssueStatus.QUEUED, IssueStatus.ASSIGNED})
_EPICS: Final = {
    IssueStatus.DONE: EpicStatus.COMPLETED,
    IssueStatus.CANCELLED: EpicStatus.CANCELLED,
    IssueStatus.UNASSIGNED: EpicStatus.DRAFT,
    IssueStatus.QUEUED: EpicStatus.DRAFT,
}
_ADOPTED_BARE: Final = frozenset({"backlog-md", "beads"})
"""Whose files may have been put into `issues/` as they were: then the bare id is their source."""


def found_here(work: UnitOfWork, source: str) -> EntityId | None:
    """What stands here for *source*: imported, or adopted from a file that had its bare id."""
    found = work.id_of_source(source)
    if found is None and tool_of(source) in _ADOPTED_BARE:
        found = work.id_of_source(source.partition(":")[2])
    return found


@dataclass(slots=True, kw_only=True)
class Meaning:
    """Reads one item. `coming` are sources that stand here by the time it is opened, though not yet."""

    work: UnitOfWork
    by: Circumstance
    item: ForeignItem
    coming: Collection[str] = ()
    kept: list[KeptFact] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept.extend(self.item.kept)
        self.labels.extend(filter(None, (plain(label) for label in self.item.labels)))

    def keep(self, key: str, text: str) -> None:
        """Keep *text* in the body, under *key*."""
        if text:
            self.kept.append(KeptFact(key=key, text=text))

    def issue(self, issue_id: EntityId) -> Issue:
        """The item as an issue."""
        item = self.item
        assignee = self._assignee()
        return Issue(
            id=issue_id,
            title=item.title,
            created=item.created or self.by.at,
            type=self._type(),
            status=self._status(),
            priority=self._priority(),
            assignee=assignee,
            parent=self._reference("part of", item.parent, EntityKind.ISSUE),
            epic=self._reference("epic", item.epic, EntityKind.EPIC),
            depends_on=tuple(
                dict.fromkeys(
                    found
                    for each in item.depends_on
                    if (found := self._reference("depends on", each, EntityKind.ISSUE))
                )
            ),
            labels=tuple(dict.fromkeys(self.labels)),
            source=item.source,
        )

    def epic(self, epic_id: EntityId) -> Epic:
        """The item as an epic; stages it has none, those are planned here."""
        item = self.item
        for login in item.assignees:
            self.keep("assignee", login)
        return Epic(
            id=epic_id,
            title=item.title,
            created=item.created or self.by.at,
            status=self._epic_status(),
            priority=self._priority().value if item.priority else None,
            labels=tuple(dict.fromkeys(self.labels)),
            source=item.source,
        )

    def _word(self, key: str, text: str) -> str | None:
        types = self.work.rules.types
        return spelling(EntityKind.ISSUE, key, text, types) if text else None

    def _type(self) -> str:
        found = self._word("type", self.item.type)
        if found is None and self.item.type:
            self.keep("type", self.item.type)
            self.labels.append(plain(self.item.type))
        return found or "feature"

    def _priority(self) -> Priority:
        found = self._word("priority", self.item.priority)
        if found is None:
            self.keep("priority", self.item.priority)
        return Priority(found or Priority.MEDIUM)

    def _status(self) -> IssueStatus:
        found = self._word("status", self.item.status.rstrip("! "))
        status = IssueStatus(found) if found else IssueStatus.UNASSIGNED
        if status in _NOT_BY_ITSELF:
            what = "an import starts nothing: it is unassigned here"
            self.notes.append(Note(what=what, detail=f'it was "{self.item.status}"'))
            status, found = IssueStatus.UNASSIGNED, None
        if found is None:
            self.keep("status", self.item.status)
        return status

    def _epic_status(self) -> EpicStatus:
        written = self.item.status.rstrip("! ")
        exact = spelling(EntityKind.EPIC, "status", written) if written else None
        if exact is not None and exact != EpicStatus.READY:
            return EpicStatus(exact)
        found = self._word("status", written)
        if found is None or exact is not None:
            self.keep("status", written)
            return EpicStatus.DRAFT
        return _EPICS.get(IssueStatus(found), EpicStatus.IN_PROGRESS)

    def _assignee(self) -> str | None:
        """The first who is known here; the others are kept."""
        chosen: str | None = None
        for login in self.item.assignees:
            known = self._person(login)
            if known is not None and chosen is None:
                chosen = known
            else:
                self.keep("assignee", login)
        return chosen

    def _person(self, login: str) -> str | None:
        """Whom *login* names, by handle or e-mail. Agents are people's to set to work, so an import names none."""
        bare = login.strip().removeprefix("@").casefold()
        for handle, addresses in self.work.rules.people.items():
            if bare == handle.casefold() or bare in (address.casefold() for address in addresses):
                return handle
        return None

    def _reference(self, key: str, source: str, kind: EntityKind) -> EntityId | None:
        if not source:
            return None
        found = found_here(self.work, source)
        if found is not None and kind_of(found) is kind and not self._is_removed(found):
            return found
        if source not in self.coming:
            self.keep(key, source.partition(":")[2] or source)
            what = "what it refers to is not here; that is kept in its text"
            self.notes.append(Note(what=what, detail=f"{key} {source}"))
        return None

    def _is_removed(self, found: EntityId) -> bool:
        entity = self.work.entity(found)
        return bool(getattr(entity, "removed", False))
