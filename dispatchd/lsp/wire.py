"""Places and answers in the protocol's words: an editor counts columns in units of its own, we count characters."""

from collections.abc import Sequence
from typing import Final

from lsprotocol import types

from dispatchd.domain.dataclass import dataclass
from dispatchd.lsp.actions import Action
from dispatchd.lsp.notes import Gravity, Note
from dispatchd.lsp.page import Page, Span, Spot
from dispatchd.lsp.proposal import Proposal

SOURCE: Final = "dispatchd"
ACT: Final = "dispatchd.act"
"""No quick fix and never preferred: an editor that applies those by itself must not decide anything."""
WRITE_REASON: Final = "dispatchd.writeReason"
_SEVERITY: Final = {
    Gravity.ERROR: types.DiagnosticSeverity.Error,
    Gravity.WARNING: types.DiagnosticSeverity.Warning,
    Gravity.INFORMATION: types.DiagnosticSeverity.Information,
}
_WIDTH: Final = {
    types.PositionEncodingKind.Utf8: ("utf-8", 1),
    types.PositionEncodingKind.Utf16: ("utf-16-le", 2),
    types.PositionEncodingKind.Utf32: ("utf-32-le", 4),
}


@dataclass(frozen=True, slots=True)
class Wire:
    """How places of *page* are said to this editor."""

    page: Page
    uri: str
    encoding: str | None = None
    """The units of columns; UTF-16 where nothing was agreed on."""

    def spot(self, position: types.Position) -> Spot:
        """A place the editor named; one beyond the text is the end of its line."""
        if position.line >= len(self.page.lines):
            return Spot(len(self.page.lines) - 1, len(self.page.lines[-1]))
        line = self.page.lines[position.line]
        codec, width = _WIDTH[types.PositionEncodingKind(self.encoding or types.PositionEncodingKind.Utf16)]
        before = line.encode(codec)[: position.character * width]
        return Spot(position.line, len(before.decode(codec, "ignore")))

    def position(self, line: int, column: int) -> types.Position:
        """A place as the editor counts."""
        codec, width = _WIDTH[types.PositionEncodingKind(self.encoding or types.PositionEncodingKind.Utf16)]
        said = self.page.lines[line][:column]
        return types.Position(line=line, character=len(said.encode(codec)) // width)

    def range(self, span: Span) -> types.Range:
        """A part of a line as the editor counts."""
        return types.Range(self.position(span.line, span.start), self.position(span.line, span.end))

    def diagnostic(self, note: Note) -> types.Diagnostic:
        """A note beside the text."""
        severity = _SEVERITY[note.gravity]
        return types.Diagnostic(self.range(note.span), note.message, severity=severity, source=SOURCE)

    def edit(self, span: Span, new: str) -> types.WorkspaceEdit:
        """An edit of this buffer."""
        return types.WorkspaceEdit(changes={self.uri: [types.TextEdit(self.range(span), new)]})

    def action(self, action: Action) -> types.CodeAction:
        """Something that can be done; where a reason is to follow, the pointer goes there after the edit."""
        end = len(self.page.lines[action.span.line])
        here = self.position(action.span.line, end)
        to_reason = types.Command(
            "Write the reason", WRITE_REASON, arguments=[self.uri, here.line, here.character]
        )
        return types.CodeAction(
            title=action.title,
            kind=types.CodeActionKind.QuickFix if action.mends is not None else ACT,
            diagnostics=[self.diagnostic(action.mends)] if action.mends is not None else None,
            edit=self.edit(action.span, action.new),
            command=to_reason if action.asks_reason else None,
        )

    def completion(self, proposals: Sequence[Proposal], most: int) -> types.CompletionList:
        """What may be written; asked again with each letter where there is more."""
        items = [self._item(place, each) for place, each in enumerate(proposals)]
        return types.CompletionList(is_incomplete=len(items) >= most, items=items)

    def _item(self, place: int, proposal: Proposal) -> types.CompletionItem:
        return types.CompletionItem(
            label=proposal.label.strip(": ") or proposal.label,
            detail=proposal.detail or None,
            documentation=proposal.about or None,
            kind=types.CompletionItemKind.Reference if proposal.found_by else types.CompletionItemKind.Value,
            filter_text=proposal.found_by or None,
            sort_text=f"{proposal.rank:04}{place:04}",
            text_edit=types.TextEdit(self.range(proposal.span), proposal.label),
        )
