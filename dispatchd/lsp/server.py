"""The language server: what an editor asks, answered from one moment of the workspace; it reads, and never writes."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from dispatchd import __version__
from dispatchd.domain.errors import DispatchdError
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.lsp.actions import actions_on
from dispatchd.lsp.completing import MOST, proposals_at
from dispatchd.lsp.hovering import hover_at
from dispatchd.lsp.moment import Ground, Moment
from dispatchd.lsp.notes import notes_on
from dispatchd.lsp.page import Page
from dispatchd.lsp.references import Target, reference_at, references_on, target_of
from dispatchd.lsp.renaming import NotRenamed, rename_stage, stage_at
from dispatchd.lsp.wire import ACT, WRITE_REASON, Wire

T = TypeVar("T")
PAUSE: Final = 0.15
"""Seconds after a keystroke before the text is looked at: a burst of them is looked at once."""
LOOK_EVERY: Final = 2.0
"""Seconds between looks whether the workspace has changed below open files."""


class Conversation:
    """With one editor: which of its files are open, and what is said about them."""

    def __init__(self, server: LanguageServer, ground: Ground) -> None:
        self._server = server
        self._ground = ground
        self._open: dict[str, object] = {}
        """URIs of open files of a tree, with the version of the workspace their notes were made of."""
        self._due: set[str] = set()
        self._is_watching = False

    def opened(self, uri: str) -> None:
        """A file was opened, or saved: look at it now."""
        if self._placed(uri) is None:
            return
        self._open[uri] = None
        self._note(uri)
        self._watch()

    def changed(self, uri: str) -> None:
        """A file is being typed in: look at it when the burst is over."""
        if uri in self._open and uri not in self._due:
            self._due.add(uri)
            self._ground.later(PAUSE, lambda: self._note(uri))

    def closed(self, uri: str) -> None:
        """A file was closed: nothing is said about it any more."""
        if self._open.pop(uri, self) is not self:
            self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def complete(self, params: types.CompletionParams) -> types.CompletionList | None:
        """What may be written at a place."""
        with self._reading(params.text_document.uri) as (wire, moment):
            if wire is None or moment is None:
                return None
            return wire.completion(proposals_at(wire.page, wire.spot(params.position), moment), MOST)

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """What is under the pointer."""
        with self._reading(params.text_document.uri) as (wire, moment):
            found = hover_at(wire.page, wire.spot(params.position), moment) if wire and moment else None
            if found is None or wire is None:
                return None
            said = types.MarkupContent(types.MarkupKind.Markdown, found[1])
            return types.Hover(said, wire.range(found[0]))

    def define(self, params: types.DefinitionParams) -> types.Location | None:
        """Where an id or a link leads."""
        with self._reading(params.text_document.uri) as (wire, moment):
            if wire is None or moment is None:
                return None
            reference = reference_at(wire.page, wire.spot(params.position))
            target = target_of(wire.page, reference, moment) if reference is not None else None
            top = types.Position(0, 0)
            return types.Location(_uri(target), types.Range(top, top)) if target is not None else None

    def links(self, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        """Every id and link that leads somewhere."""
        with self._reading(params.text_document.uri) as (wire, moment):
            if wire is None or moment is None:
                return []
            return [
                types.DocumentLink(wire.range(reference.span), target=_uri(target))
                for line in range(len(wire.page.lines))
                for reference in references_on(wire.page, line)
                if (target := target_of(wire.page, reference, moment)) is not None
                if not target.is_at(moment, wire.page.path)
            ]

    def act(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """The verbs that are offered, and mends."""
        with self._reading(params.text_document.uri) as (wire, moment):
            if wire is None or moment is None:
                return []
            lines = params.range.start.line, params.range.end.line
            found = [wire.action(each) for each in actions_on(wire.page, moment, *lines)]
        wanted = params.context.only
        return [each for each in found if wanted is None or _is_among(str_of(each.kind), wanted)]

    def prepare_rename(self, params: types.PrepareRenameParams) -> types.Range | None:
        """The stage under the pointer."""
        with self._reading(params.text_document.uri) as (wire, _):
            span = stage_at(wire.page, wire.spot(params.position)) if wire else None
            return wire.range(span) if wire is not None and span is not None else None

    def rename(self, params: types.RenameParams) -> types.WorkspaceEdit | None:
        """Another name for the stage under the pointer."""
        with self._reading(params.text_document.uri) as (wire, _):
            if wire is None:
                return None
            try:
                span, name = rename_stage(wire.page, wire.spot(params.position), params.new_name)
            except NotRenamed as refused:
                raise JsonRpcInvalidParams(str(refused)) from refused
            return wire.edit(span, name)

    def show_reason(self, uri: str, line: int, character: int) -> None:
        """Put the pointer where a reason is to be written, where the editor can."""
        window = self._server.client_capabilities.window
        if window is None or window.show_document is None or not window.show_document.support:
            return
        here = types.Position(line, character)
        self._server.window_show_document(
            types.ShowDocumentParams(uri, take_focus=True, selection=types.Range(here, here)), lambda _: None
        )

    def _placed(self, uri: str) -> tuple[Path, DocumentPath] | None:
        """The tree that a file lies in, and where; None for a file elsewhere."""
        # Editors show other things than files under a file's path: versions of git, diffs.
        name = to_fs_path(uri) if uri.startswith("file:") else None
        file = Path(name).resolve() if name is not None else None
        tree = self._ground.tree_of(file) if file is not None else None
        if file is None or tree is None or not file.is_relative_to(tree.resolve()):
            return None
        return tree, DocumentPath(file.relative_to(tree.resolve()).as_posix())

    @contextmanager
    def _reading(self, uri: str) -> Iterator[tuple[Wire | None, Moment | None]]:
        placed = self._placed(uri)
        if placed is None:
            yield None, None
            return
        tree, path = placed
        # Half a character can come over the wire, and is none; a file could not hold it either.
        text = self._server.workspace.get_text_document(uri).source.encode("utf-8", "replace").decode()
        wire = Wire(Page(path, text), uri, self._server.workspace.position_encoding)
        with self._ground.open_moment(tree) as moment:
            yield wire, moment

    def _note(self, uri: str) -> None:
        """Say what there is to say about a file."""
        self._due.discard(uri)
        placed = self._placed(uri)
        if uri not in self._open or placed is None:
            return
        self._open[uri] = self._ground.version_of(placed[0])
        try:
            with self._reading(uri) as (wire, moment):
                notes = (
                    [wire.diagnostic(each) for each in notes_on(wire.page, moment)] if wire and moment else []
                )
        except DispatchdError:
            return  # what was said stands until the workspace can be read again
        version = self._server.workspace.get_text_document(uri).version
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, notes, version=version)
        )

    def _watch(self) -> None:
        """While files are open: look now and then whether the workspace has changed below them."""
        if not self._is_watching:
            self._is_watching = True
            self._ground.later(LOOK_EVERY, self._look)

    def _look(self) -> None:
        self._is_watching = False
        for uri, version in list(self._open.items()):
            placed = self._placed(uri)
            if placed is not None and self._ground.version_of(placed[0]) != version:
                self._note(uri)
        if self._open:
            self._watch()


def _uri(target: Target) -> str:
    return from_fs_path(str(target.file)) or ""


def str_of(kind: object) -> str:
    """A kind of action as the protocol spells it."""
    return str(getattr(kind, "value", kind))


def _is_among(kind: str, wanted: Any) -> bool:
    given = (str_of(each) for each in wanted)
    return any(kind == each or kind.startswith(f"{each}.") or not each for each in given)


def _is_a_bug(record: logging.LogRecord) -> bool:
    """Whether a failure that pygls logs is one: what an editor was refused, its person has read already."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams)


def make_server(ground: Ground) -> LanguageServer:
    """A server that has not begun to listen."""
    # Whole texts: what is typed is applied to lines, and not everybody ends lines at the same characters.
    whole = types.TextDocumentSyncKind.Full
    server = LanguageServer("dispatchd", __version__, text_document_sync_kind=whole)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_a_bug)
    talk = Conversation(server, ground)
    _follow_files(server, talk)
    triggers = [":", " ", "-", "[", ",", "@", "!", "#"]
    server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=triggers))(
        _kindly(talk.complete)
    )
    server.feature(types.TEXT_DOCUMENT_HOVER)(_kindly(talk.hover))
    server.feature(types.TEXT_DOCUMENT_DEFINITION)(_kindly(talk.define))
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)(_kindly(talk.links))
    kinds = [types.CodeActionKind.QuickFix, ACT]
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))(
        _kindly(talk.act)
    )
    server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)(_kindly(talk.prepare_rename))
    server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))(
        _kindly(talk.rename)
    )
    return server


def _follow_files(server: LanguageServer, talk: Conversation) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        talk.opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        talk.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        talk.opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        talk.closed(params.text_document.uri)

    @server.command(WRITE_REASON)
    def write_reason(uri: str, line: int, character: int) -> None:
        talk.show_reason(uri, line, character)


def _kindly(answer: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """The same answer, or none while the workspace cannot be read: an editor is no place to hear of that."""

    def answered(params: Any) -> T | None:
        try:
            return answer(params)
        except DispatchdError:
            return None

    return answered
