"""Renaming a stage: its heading is changed in place, and when that is saved its issues follow."""

from dispatchd.documents.boxes import fold
from dispatchd.documents.epic_document import EpicDocument, parse_epic
from dispatchd.domain.identifiers import EntityKind
from dispatchd.lsp.page import Page, Span, Spot


class NotRenamed(ValueError):  # noqa: N818 -- what happened, as the editor shows it
    """The name cannot be that; the message says why, and what would do."""


def stage_at(page: Page, spot: Spot) -> Span | None:
    """The words of the stage's heading that *spot* stands on."""
    document = _epic(page)
    if document is None or not any(stage.line == spot.line + 1 for stage in document.stages):
        return None
    return page.heading_on(spot.line)


def rename_stage(page: Page, spot: Spot, new: str) -> tuple[Span, str]:
    """What to write where, so that the stage at *spot* is called *new*. Raises NotRenamed."""
    span, document, name = stage_at(page, spot), _epic(page), " ".join(new.split())
    if span is None or document is None:
        raise NotRenamed("Only the heading of a stage can be renamed, below ## Stages.")
    if not name or name.startswith("#"):
        raise NotRenamed("Write the name that the stage is to have.")
    taken = [stage for stage in document.stages if fold(stage.plan.name) == fold(name)]
    if any(stage.line != spot.line + 1 for stage in taken):
        raise NotRenamed(f'"{name}" is the stage on line {taken[0].line}; give this one a name of its own.')
    return span, name


def _epic(page: Page) -> EpicDocument | None:
    is_epic = page.kind is not None and page.kind.kind is EntityKind.EPIC
    return parse_epic(page.text) if is_epic else None
