"""The lists of an epic against the workspace: which issue a link leads to, and what the lists should say of issues."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from dispatchd.application.document_kinds import Edit
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.epic_document import EpicDocument, parse_epic, person_part, render_epic
from dispatchd.documents.epic_list_surgery import IssueLink, Lister, Listing, Rejoining
from dispatchd.documents.epic_lists import DELETED, StageList, id_in
from dispatchd.documents.fence import decode
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Stage, StagePlan
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, id_length, parse_id
from dispatchd.domain.issue import Issue
from dispatchd.domain.stages import folded
from dispatchd.domain.wording import in_words
from dispatchd.reconcile.body_merge import merge_body
from dispatchd.reconcile.list_items import PlacedItem, Placing, wanted_in


def placing(work: UnitOfWork, epic: EntityId, path: str) -> Placing:
    """How the items of *epic*, whose file is at *path*, find their issues."""

    def find(target: str) -> EntityId | None:
        return issue_at(work, path, target)

    return Placing(board=work, epic=epic, find=find, id_length=id_length(work.population()))


def issue_at(work: UnitOfWork, path: str, target: str) -> EntityId | None:
    """The issue that *target*, written in the file at *path*, leads to: by its place, else by the id in its name."""
    record = work.documents.at(_place(path, target))
    if record is not None and record.kind is EntityKind.ISSUE:
        return EntityId(record.subject)
    named = parse_id(id_in(target) or target)
    return named if named is not None and work.issue(named) is not None else None


def _place(path: str, target: str) -> DocumentPath:
    plain = unquote(target.partition("#")[0])
    return DocumentPath(posixpath.normpath(posixpath.join(posixpath.dirname(path), plain)))


def plans_of(document: EpicDocument, placed: Sequence[PlacedItem]) -> tuple[StagePlan, ...]:
    """The stages as written, each with what is wanted of it and not yet an issue."""
    return tuple(
        replace(plan, wanted=tuple(each.item.title for each in wanted_in(placed, plan.name)))
        for plan in document.plans
    )


def merged_document(edit: Edit) -> EpicDocument:
    """The epic as its file will read once what only the database's side had has been brought over."""
    record = edit.work.documents.of(edit.subject)
    ours = decode(edit.work.blobs.get(record.current)) if record is not None and record.current else None
    if not isinstance(ours, str) or ours == edit.base.text:
        document: EpicDocument = edit.disk.document
        return document
    epic = edit.work.epic(EntityId(edit.subject))
    texts = [edit.base.text, ours, edit.disk.text]
    if (
        epic is not None
    ):  # else items that are issues by now stand beside their links, and would be made again
        links = lister(edit.work, epic.id, adds=False)
        texts = [render_epic(epic, text, (), links) for text in texts]
    base, here, there = (parse_epic(text).front.body for text in texts)
    merged = merge_body(base, here, there, person_part, keeps_items=True)
    head = edit.disk.text[: len(edit.disk.text) - len(edit.disk.body)]
    return parse_epic(head + merged.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Links:
    """What the lists of one epic's file should say."""

    work: UnitOfWork
    epic: EntityId
    path: str
    placed: tuple[PlacedItem, ...]
    adds: bool

    def listing(self, stage: Stage, moving: Mapping[EntityId, PlacedItem]) -> Listing:
        own = [each for each in self.placed if folded(each.stage) == folded(stage.name)]
        links = {each.item.block.first: link for each in own if (link := self._link(each)) is not None}
        has_links = any(each.item.link is not None for each in own)
        added = self._added(stage, moving, has_links=has_links) if self.adds else ()
        rejoining = tuple(self._rejoining(stage, own, added))
        back = {each.link for each in rejoining}
        return Listing(
            links=links,
            gone=frozenset(each.item.block.first for each in own if moving.get(each.issue) is each),
            added=tuple(link for _, link in added if link not in back),
            rejoining=rejoining,
            wanted=sum(each.is_wanted for each in own),
        )

    def _link(self, placed: PlacedItem) -> IssueLink | None:
        issue = self.work.issue(placed.issue)
        if placed.is_wanted or issue is None or issue.epic != self.epic:
            return None
        return self.link_to(issue, placed)

    def link_to(self, issue: Issue, placed: PlacedItem | None = None) -> IssueLink | None:
        record = self.work.documents.of(issue.id)
        if record is None:
            return None
        to = record.wanted_path or record.path
        written = placed.item.link.target if placed is not None and placed.item.link is not None else ""
        is_right = bool(written) and _place(self.path, written) == to
        return IssueLink(
            title=issue.title,
            href=written if is_right else posixpath.relpath(to, posixpath.dirname(self.path)),
            state=DELETED if issue.removed else in_words(issue.status),
            takes_body=placed is not None and self._has_body(issue, placed.item.body),
        )

    def _has_body(self, issue: Issue, body: str) -> bool:
        """Whether the issue's own file has the text that stands under its item."""
        if not body:
            return True
        record = self.work.documents.of(issue.id)
        text = self.work.blobs.get(record.current).decode() if record is not None and record.current else ""
        return " ".join(body.split()) in " ".join(text.split())

    def moving(self, stages: Sequence[Stage]) -> dict[EntityId, PlacedItem]:
        """Links, the only ones to their issue and with nothing of a person's beside them, that stand in the wrong stage."""
        names = {folded(stage.name) for stage in stages}
        found: dict[EntityId, PlacedItem] = {}
        for each in self.placed:
            issue = self.work.issue(each.issue)
            if each.item.link is None or issue is None or issue.removed or issue.epic != self.epic:
                continue
            elsewhere = issue.stage is None or (
                folded(issue.stage) != folded(each.stage) and folded(issue.stage) in names
            )
            if elsewhere and each.item.is_bare and self._mentions(each.issue) == 1:
                found[each.issue] = each
        return found

    def _mentions(self, issue: EntityId) -> int:
        return sum(each.issue == issue for each in self.placed)

    def _added(
        self, stage: Stage, moving: Mapping[EntityId, PlacedItem], *, has_links: bool
    ) -> tuple[tuple[EntityId, IssueLink], ...]:
        """Issues of *stage* in no list: where there is a list of links they join it; a line that moves makes one."""
        if not has_links and not moving:
            return ()
        standing = {each.issue for each in self.placed if each.issue not in moving}
        found = (
            issue
            for issue in self.work.issues_of(self.epic)
            if issue.stage is not None
            and folded(issue.stage) == folded(stage.name)
            and issue.id not in standing
            and (has_links or issue.id in moving)
        )
        return tuple((issue.id, link) for issue in found if (link := self.link_to(issue)) is not None)

    def _rejoining(
        self, stage: Stage, own: Sequence[PlacedItem], added: Sequence[tuple[EntityId, IssueLink]]
    ) -> Iterator[Rejoining]:
        """Those of *added* that the order of a numbered list names: their line was lost, they were not taken out."""
        standing = {each.issue: each.item.block.first for each in own if each.item.run is not None}
        before = dict(stage.order)
        after = {earlier: later for later, earlier in stage.order}
        missing = dict(added)
        if not standing:
            return
        for issue in _from_first_to_last(missing, before):
            if issue in before or issue in after:
                yield Rejoining(
                    link=missing[issue],
                    after=_next_standing(issue, before, standing),
                    before=_next_standing(issue, after, standing),
                )


def _from_first_to_last(
    issues: Mapping[EntityId, IssueLink], before: Mapping[EntityId, EntityId]
) -> Iterable[EntityId]:
    """*issues*, each behind those that come before it."""

    def depth(issue: EntityId) -> int:
        seen = [issue]
        while (earlier := before.get(seen[-1])) is not None and earlier not in seen:
            seen.append(earlier)
        return len(seen)

    return sorted(issues, key=depth)


def _next_standing(
    issue: EntityId, to: Mapping[EntityId, EntityId], standing: Mapping[EntityId, int]
) -> int | None:
    """The line of the nearest item, going from one to the other, that stands."""
    seen = {issue}
    at = to.get(issue)
    while at is not None and at not in seen and at not in standing:
        seen.add(at)
        at = to.get(at)
    return standing.get(at) if at is not None else None


def lister(work: UnitOfWork, epic: EntityId, *, adds: bool = True) -> Lister | None:
    """What the lists of *epic* should say; None while it has no file. With *adds*, also of issues in no list."""
    record = work.documents.of(epic)
    if record is None:
        return None
    path = record.wanted_path or record.path

    def listings(lists: Sequence[tuple[Stage, StageList]]) -> Sequence[Listing]:
        if not any(each.items or each.offers for _, each in lists):
            return [Listing() for _ in lists]
        placed = placing(work, epic, path).place([(stage.name, each) for stage, each in lists])
        links = _Links(work=work, epic=epic, path=path, placed=placed, adds=adds)
        moving = links.moving([stage for stage, _ in lists])
        return [links.listing(stage, moving) for stage, _ in lists]

    return listings
