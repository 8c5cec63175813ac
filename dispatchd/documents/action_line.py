"""What a proposal does if it passes, written as a list: `- set i-7k2m priority: high`.

Each line is read into an action or into a problem that says how to write one. Whether the ids exist and the values
are allowed is left to the rules.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dispatchd.documents.markdown_outline import Block, BlockKind, Section
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.vocabulary import bare_reference
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityId, parse_id
from dispatchd.domain.proposal import (
    Action,
    CreateIssue,
    MergeAction,
    SetFact,
    SetSetting,
    StartEpicAction,
    UnreadAction,
    WriteContext,
)

_BOX: Final = re.compile(r"^\[[ xX]?\]\s+")
_CREATE: Final = re.compile(r"create\s+issue\s*:\s*(?P<title>.+)", re.IGNORECASE)
_SETTING: Final = re.compile(r"set\s+config\s+(?P<key>[\w.-]+)\s*[:=]\s*(?P<value>.+)", re.IGNORECASE)
_FACT: Final = re.compile(r"set\s+(?P<id>\S+)\s+(?P<key>[\w-]+)\s*:\s*(?P<value>.*)", re.IGNORECASE)
_START: Final = re.compile(r"start\s+epic\s*:?\s+(?P<id>\S+)", re.IGNORECASE)
_MERGE: Final = re.compile(r"merge\s*:?\s+(?P<id>\S+)", re.IGNORECASE)
_WRITE: Final = re.compile(r"write\s+`?(?P<path>[^`]+?)`?\s*:?", re.IGNORECASE)
_CONTEXT_PATH: Final = re.compile(
    r"context/(?:[^/.\x00-\x1f][^/\x00-\x1f]*/)*[^/.\x00-\x1f][^/\x00-\x1f]*\.md"
)
_BEGINS: Final = re.compile(
    r"(?:create\s+issue|set\s+\S+\s+[\w-]+|start\s+epic|write\s+context/\S+)\s*:?", re.IGNORECASE
)
FORMS: Final = (
    "create issue: TITLE; set ID KEY: VALUE; set config KEY: VALUE; start epic ID; merge ID; "
    "write context/FILE.md with a fenced block below"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadActions:
    """The actions of a section, and what in it could not be read."""

    actions: tuple[Action, ...] = ()
    """In their order; what cannot be read is among them, as it was written."""
    lines: tuple[int, ...] = ()
    """The line of each."""
    problems: tuple[DocumentProblem, ...] = ()


def read_actions(section: Section | None) -> ReadActions:
    """The actions that *section* lists."""
    if section is None:
        return ReadActions()
    found: dict[int, tuple[Action | DocumentProblem, str]] = {}
    for block, code in _lines(section.blocks):
        found[block.line] = parse_action(block.text, code, block.line), block.text
    for block, problem in _not_listed(section.blocks):
        found[block.line] = problem, block.text
    return ReadActions(
        actions=tuple(_action_or_words(*found[line]) for line in sorted(found)),
        lines=tuple(sorted(found)),
        problems=tuple(read for read, _ in found.values() if isinstance(read, DocumentProblem)),
    )


def _action_or_words(read: Action | DocumentProblem, text: str) -> Action:
    return UnreadAction(text=" ".join(text.split())) if isinstance(read, DocumentProblem) else read


def _lines(blocks: Sequence[Block]) -> Iterator[tuple[Block, str | None]]:
    """Each list item with its fenced block: its own, or the one that follows directly."""
    for place, block in enumerate(blocks):
        if block.kind is BlockKind.ITEM:
            below = blocks[place + 1] if place + 1 < len(blocks) else None
            follows = below.text if below and below.kind is BlockKind.CODE else None
            yield block, block.code[0] if block.code else follows


def _not_listed(blocks: Sequence[Block]) -> Iterator[tuple[Block, DocumentProblem]]:
    for block in blocks:
        if block.kind is BlockKind.PARAGRAPH and _BEGINS.match(block.text):
            problem = DocumentProblem(
                line=block.line,
                what="This reads like an action and is no list item",
                hint="Begin the line with a dash",
            )
            yield block, problem


def parse_action(text: str, code: str | None, line: int) -> Action | DocumentProblem:
    """The action that a list item's *text* says; *code* is the fenced block that belongs to it."""
    words = _BOX.sub("", " ".join(text.split())).strip()
    found = _CREATE.fullmatch(words)
    if found:
        return CreateIssue(title=found["title"])
    found = _SETTING.fullmatch(words)
    if found:
        return SetSetting(key=found["key"], value=_unquoted(found["value"]))
    found = _FACT.fullmatch(words)
    if found:
        target = _id(found["id"], line)
        if isinstance(target, DocumentProblem):
            return target
        return SetFact(
            target=target, key=found["key"].lower().replace("-", "_"), value=found["value"].strip()
        )
    return _parse_other(words, code, line)


def _parse_other(words: str, code: str | None, line: int) -> Action | DocumentProblem:
    for form, kind in ((_START, StartEpicAction), (_MERGE, MergeAction)):
        found = form.fullmatch(words)
        if found:
            target = _id(found["id"], line)
            return target if isinstance(target, DocumentProblem) else kind(target=target)
    found = _WRITE.fullmatch(words)
    if found:
        return _context(bare_path(found["path"]), code, line)
    return DocumentProblem(
        line=line, what=f'"{words}" is no action that can be carried out', hint=f"Write one of: {FORMS}"
    )


def bare_path(text: str) -> str:
    """A path without the dress of a link."""
    link = re.fullmatch(r"\[[^\]]*\]\(<?([^)>]*)>?\)", text.strip())
    return (link[1] if link else text).strip()


def _context(path: str, code: str | None, line: int) -> Action | DocumentProblem:
    if not _CONTEXT_PATH.fullmatch(path) or "\\" in path:
        return DocumentProblem(
            line=line, what=f'"{path}" is no place for a context document', hint="Write context/FILE.md"
        )
    if code is None:
        return DocumentProblem(
            line=line,
            what=f"It does not say what to write to {path}",
            hint="Put the text in a fenced block (```) directly below",
        )
    return WriteContext(path=DocumentPath(path), text=code)


def _id(text: str, line: int) -> EntityId | DocumentProblem:
    read = parse_id(bare_reference(text).rstrip(".,;:"))
    return read or DocumentProblem(
        line=line, what=f'"{text}" is no id', hint="Write the id from the front matter, like i-7k2m"
    )


def _unquoted(value: str) -> str:
    bare = value.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" else bare


def format_action(action: Action) -> str:
    """The list item, with its fenced block, that reads as *action*."""
    match action:
        case CreateIssue():
            return f"- create issue: {' '.join(action.title.split())}"
        case SetFact():
            return f"- set {action.target} {action.key}: {action.value}".rstrip()
        case SetSetting():
            return f"- set config {action.key}: {action.value}".rstrip()
        case StartEpicAction():
            return f"- start epic {action.target}"
        case MergeAction():
            return f"- merge {action.target}"
        case WriteContext():
            return _format_write(action)
        case UnreadAction():
            return f"- {' '.join(action.text.split())}"


def _format_write(action: WriteContext) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", action.text)), default=2)
    fence = "`" * (longest + 1)
    text = "".join(f"  {line}".rstrip() + "\n" for line in action.text.splitlines())
    return f"- write {action.path}\n\n  {fence}\n{text}  {fence}"
