"""Where things stand in the tree: the one place that knows its layout.

It tells what a path is for, whether its name can be used at all, and where a new document goes. Whether a file may be
read (links, sizes, devices) is the tree adapter's business.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Final

from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind


class PathRole(StrEnum):
    """What a path in the tree is for."""

    ENTITY = "entity"
    CONFIG = "config"
    RENDERED = "rendered"
    GUIDE = "guide"
    CONTEXT = "context"
    POLICY = "policy"
    WORKFLOW = "workflow"
    PROMPT = "prompt"
    EVIDENCE = "evidence"
    TEMPLATE = "template"
    DOTFILE = "dotfile"
    PAUSE = "pause"
    IGNORED = "ignored"
    MISPLACED = "misplaced"


FOLDERS: Final = {
    "issues": EntityKind.ISSUE,
    "epics": EntityKind.EPIC,
    "proposals": EntityKind.PROPOSAL,
    "inbox": EntityKind.THREAD,
    "decisions": EntityKind.DECISION,
    "feedback": EntityKind.FEEDBACK,
}
FOLDER_OF: Final = {kind: folder for folder, kind in FOLDERS.items()}
DOTFILES: Final = frozenset(
    {".gitattributes", ".gitignore", ".npmignore", ".editorconfig", "dispatch.code-workspace"}
)
STATUS: Final = DocumentPath("STATUS.md")
WAITING: Final = DocumentPath("WAITING.md")
PUBLISHED: Final = (STATUS, WAITING)
"""Pages that home renders. Git ignores them; with sharing on, home commits them apart, and its text wins in a merge."""
CONFIG: Final = DocumentPath("config.toml")
POLICIES: Final = DocumentPath("policies.toml")
PAUSE: Final = DocumentPath("PAUSE")
PAUSES: Final = tuple(
    DocumentPath(name + end) for name in (PAUSE, "Pause", "pause") for end in ("", ".md", ".txt")
)
"""The brake, however somebody in a hurry writes it; phones and forges like to add an ending."""
_DROPPINGS: Final = re.compile(
    r"4913|.*~|\..*\.sw.|\.#.*|#.*#|.*___jb_.*___|\.goutputstream-.*|sed[A-Za-z0-9]{6}|.*\.vsctmp|.*\.orig|.*\.rej"
    r"|\.merge_file_.*|\.DS_Store"
)
_PLAIN_NAME: Final = re.compile(r"(?!(?i:readme|agent)\.)[A-Za-z0-9][A-Za-z0-9-]*\.md")
"""What nearly all names of documents look like; no dropping does, and none of them means anything by itself."""
_NO_TEXT: Final = re.compile("[\ud800-\udfff]")
_ROOT_ROLES: Final[dict[str, PathRole]] = {
    **dict.fromkeys(PAUSES, PathRole.PAUSE),
    STATUS: PathRole.RENDERED,
    WAITING: PathRole.RENDERED,
    CONFIG: PathRole.CONFIG,
    "policies.toml": PathRole.POLICY,
}
_PROSE: Final = frozenset({"md", "txt", "text", "markdown", "mdown", "mkd", "mdx"})
CONTEXTS: Final = "context"
WORKFLOWS: Final = "workflows"
_PLAIN_FOLDERS: Final = {
    CONTEXTS: PathRole.CONTEXT,
    "prompts": PathRole.PROMPT,
    "evidence": PathRole.EVIDENCE,
}


def is_dropping(name: str) -> bool:
    """Whether *name* is a file that an editor or git leaves for a moment."""
    return _DROPPINGS.fullmatch(name) is not None


def is_nameable(path: str) -> bool:
    """Whether a path from outside is text: a file system takes any bytes for a name, and so does git. Those that are no
    UTF-8 are handed on as halves of surrogate pairs, which no database, file or socket holds.
    """
    return path.isascii() or _NO_TEXT.search(path) is None


def shown_name(path: str) -> DocumentPath:
    """*path* as it can be written down: each byte that is no text as a shell writes it, so that two names stay two."""
    if path.isascii():
        return DocumentPath(path)
    return DocumentPath(_NO_TEXT.sub(lambda half: f"\\x{ord(half[0]) & 0xFF:02x}", path))


def role_of(path: DocumentPath) -> PathRole:
    """What the file at *path* is for; nothing, where its name is no text."""
    folder, _, name = path.rpartition("/")
    if folder and _PLAIN_NAME.fullmatch(name):
        return role_of_plain_names_in(folder)
    return _role_by_name(path, folder, name)


def is_plain_name(name: str) -> bool:
    """Whether the folder alone says what a file called *name* is for."""
    return _PLAIN_NAME.fullmatch(name) is not None


@lru_cache(maxsize=256)
def role_of_plain_names_in(folder: str) -> PathRole:
    """What files with plain names in *folder*, which is not the tree's own, are for. A scan asks for 100,000 of them."""
    return _role_by_name(DocumentPath(f"{folder}/plain.md"), folder, "plain.md")


def _role_by_name(path: DocumentPath, folder: str, name: str) -> PathRole:
    if not is_nameable(path) or is_dropping(name):
        return PathRole.IGNORED
    if name.startswith("_"):
        is_template = name.endswith(".md") and folder.partition("/")[0] in FOLDERS and "/." not in path
        return PathRole.TEMPLATE if is_template else PathRole.IGNORED
    if not folder and name in DOTFILES:
        return PathRole.DOTFILE
    if path.startswith(".") or "/." in path:
        return PathRole.IGNORED
    if not folder and path in _ROOT_ROLES:
        return _ROOT_ROLES[path]
    if name.lower() == "readme.md":
        return PathRole.GUIDE
    return _role_in_folder(path, name)


def _role_in_folder(path: DocumentPath, name: str) -> PathRole:
    first, _, rest = path.partition("/")
    if rest and first == WORKFLOWS and name.endswith(".toml"):
        return PathRole.WORKFLOW
    if not name.endswith(".md"):
        return PathRole.MISPLACED if rest and first in FOLDERS and _is_prose(name) else PathRole.IGNORED
    if not rest:
        return PathRole.MISPLACED
    if first in _PLAIN_FOLDERS:
        return _PLAIN_FOLDERS[first]
    if first in FOLDERS or first == "archive" or entity_kind_at(path) is not None:
        return PathRole.ENTITY
    return PathRole.MISPLACED


def _is_prose(name: str) -> bool:
    """Whether somebody may have meant a document: its name says text, Markdown in another way, or nothing at all."""
    _, dot, ending = name.rpartition(".")
    return not dot or ending.lower() in _PROSE


def entity_kind_at(path: DocumentPath) -> EntityKind | None:
    """The kind of entity the folder of *path* makes of a file; None where the folder does not say (archive)."""
    first, _, rest = path.partition("/")
    if first == "agents":
        parts = rest.split("/")
        if len(parts) == 2 and parts[1] == "agent.md":
            return EntityKind.AGENT
        if len(parts) >= 3 and parts[1] == "inbox":
            return EntityKind.THREAD
        return None
    return FOLDERS.get(first) if rest else None


def agent_of(path: DocumentPath) -> str | None:
    """The agent whose folder *path* lies in."""
    parts = path.split("/")
    return parts[1] if len(parts) >= 3 and parts[0] == "agents" else None


def is_archived(path: DocumentPath) -> bool:
    """Whether *path* lies in the archive."""
    return path.startswith("archive/")


def slug(title: str) -> str:
    """*title* as a file name's part: ASCII letters, digits and dashes, forty characters at most."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) <= 40:
        return words
    return words[:40].rsplit("-", 1)[0] if "-" in words[:40] else words[:40]


def new_path(kind: EntityKind, entity_id: EntityId, title: str) -> DocumentPath:
    """Where a document that the daemon creates goes."""
    if kind is EntityKind.AGENT:
        return DocumentPath(f"agents/{entity_id}/agent.md")
    tail = slug(title)
    name = f"{entity_id}-{tail}.md" if tail else f"{entity_id}.md"
    return DocumentPath(f"{FOLDER_OF[kind]}/{name}")


def archive_path(path: DocumentPath, year: int, month: int) -> DocumentPath:
    """Where the document at *path* stands once archived."""
    return DocumentPath(f"archive/{year:04}/{month:02}/{path.rsplit('/', 1)[-1]}")
