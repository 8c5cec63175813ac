"""What a text points at: ids, links to files, links by name; where they lead, and what is said about what is there."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from dispatchd.application.ports.read_rows import NameRow
from dispatchd.documents.markdown_outline import BlockKind, outline
from dispatchd.documents.vocabulary import bare_reference
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import parse_id
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.page import Page, Span, Spot

_ID: Final = re.compile(r"(?<![\w-])[iepdtf]-[0-9a-hjkmnp-tv-z]{4,26}(?!\w)", re.IGNORECASE)
_LINK: Final = re.compile(r"(?<!!)\[[^\[\]]*\]\(<?(?P<target>[^()<>\s]+(?:[ ][^()<>\s]+)*)>?\)")
_BY_NAME: Final = re.compile(r"\[\[(?P<target>[^\[\]|#]+)[^\[\]]*\]\]")
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|#|/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A part of a line that points somewhere: `target` is an id, a name or a relative path."""

    span: Span
    target: str
    is_path: bool = False
    is_meant: bool = True
    """False for a bare word that only looks like an id."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to."""

    file: Path
    row: NameRow | None = None

    def is_at(self, moment: Moment, path: str) -> bool:
        """Whether it is the file at *path* of the tree."""
        return self.file == moment.tree / path


def references_on(page: Page, line: int) -> Iterator[Reference]:
    """The references on *line*: links, then ids that stand alone."""
    text = page.lines[line]
    dressed = [*_LINK.finditer(text), *_BY_NAME.finditer(text)]
    for found in dressed:
        is_path = found.re is _LINK
        if not is_path or not _ELSEWHERE.match(found["target"]):
            yield Reference(Span(line, *found.span()), found["target"].strip(), is_path=is_path)
    for found in _ID.finditer(text):
        if not any(each.start() <= found.start() and found.end() <= each.end() for each in dressed):
            yield Reference(Span(line, *found.span()), found[0].lower(), is_meant=page.in_front(line))


def reference_at(page: Page, spot: Spot) -> Reference | None:
    """The reference under *spot*; the name of somebody who is assigned is one, too."""
    found = next((each for each in references_on(page, spot.line) if each.span.holds(spot)), None)
    key = page.key_around(spot.line)
    if found is not None or key is None or key.key not in {"assignee", "from", "to"}:
        return found
    is_on_it = key.value.holds(spot) and key.value.start < key.value.end
    return Reference(key.value, bare_reference(page.value_of(key)).lower()) if is_on_it else None


def target_of(page: Page, reference: Reference, moment: Moment) -> Target | None:
    """Where *reference* leads; None where nothing is there."""
    if reference.is_path:
        plain = unquote(reference.target.partition("#")[0])
        file = moment.tree / posixpath.normpath(posixpath.join(posixpath.dirname(page.path), plain))
        if file.exists():
            return Target(file, _row(bare_reference(plain), moment))
    row = _row(bare_reference(reference.target), moment)
    return Target(moment.tree / row.path, row) if row is not None and row.path else None


def _row(name: str, moment: Moment) -> NameRow | None:
    return moment.named(parse_id(name) or name)


def dangling(page: Page, moment: Moment) -> Iterator[tuple[Span, str]]:
    """The links of the body that lead nowhere, with words that say so; what stands in code is left alone."""
    if moment.model is None or page.kind is None:
        return
    reading = page.kind.read(page.text)
    shape = outline(page.text, reading.front.layout.body_at)
    shown = {
        line
        for block in shape.blocks
        if block.kind in {BlockKind.CODE, BlockKind.MARKUP}
        for line in range(block.first, block.end)
    }
    for line in range(shape.body, len(page.lines)):
        for reference in references_on(page, line) if line not in shown else ():
            if not reference.is_meant or target_of(page, reference, moment) is not None:
                continue
            what = "Nothing stands at" if reference.is_path else "Nothing is called"
            yield reference.span, f"{what} {reference.target}"


def told(row: NameRow, moment: Moment) -> str:
    """A few lines of Markdown about what *row* names."""
    facts = [row.kind, row.status.replace("_", " ")] if row.kind != "agent" else [row.kind]
    if row.kind == "agent" and moment.model is not None:
        agent = moment.model.agent(row.id)
        facts += [agent.role, "paused" if agent.paused else "not paused"] if agent is not None else []
    if row.kind == "issue" and moment.model is not None:
        facts += _issue_facts(row.id, moment)
    title = row.title or row.id
    return "\n\n".join(part for part in (f"**{title}**", f"`{row.id}` · {' · '.join(facts)}") if part)


def _issue_facts(issue_id: str, moment: Moment) -> list[str]:
    found = moment.model.issue(issue_id) if moment.model is not None else None
    if found is None:
        return []
    issue = found.issue
    who = f"@{issue.assignee}" if issue.assignee in moment.rules.people else issue.assignee
    facts = [issue.priority]
    facts += [f"for {who}"] if who else []
    facts += [f"waits on {', '.join(issue.waiting_on)}"] if issue.waiting_on else []
    return facts
