"""What is shown about the word under a pointer: who or what an id names, what a key is for, what may follow a state."""

from dispatchd.domain.identifiers import EntityKind
from dispatchd.lsp.completing import proposals_at
from dispatchd.lsp.key_words import KEY_WORDS
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.page import Page, Span, Spot
from dispatchd.lsp.references import reference_at, target_of, told


def hover_at(page: Page, spot: Spot, moment: Moment) -> tuple[Span, str] | None:
    """Where the word at *spot* stands, and a few lines of Markdown about it."""
    reference = reference_at(page, spot)
    target = target_of(page, reference, moment) if reference is not None else None
    if reference is not None and target is not None and target.row is not None:
        return reference.span, told(target.row, moment)
    if reference is not None and reference.target in moment.rules.people:
        return reference.span, f"**@{reference.target}**\n\nperson · {_addresses(reference.target, moment)}"
    key = page.key_on(spot.line)
    if key is None or page.kind is None or key.key not in KEY_WORDS:
        return None
    if key.key == "status" and key.value.holds(spot):
        return key.value, _onward(page, spot, moment)
    return Span(spot.line, 0, len(page.lines[spot.line].partition(":")[0])), KEY_WORDS[key.key]


def _addresses(handle: str, moment: Moment) -> str:
    return ", ".join(moment.rules.people[handle])


def _onward(page: Page, spot: Spot, moment: Moment) -> str:
    key = page.key_on(spot.line)
    now = page.value_of(key) if key is not None else ""
    onward = [each.label for each in proposals_at(page, spot, moment) if each.label != now]
    is_issue = page.kind is not None and page.kind.kind is EntityKind.ISSUE
    forced = " Any other with `!`." if is_issue else ""
    return f"Can become {', '.join(onward)}.{forced}" if onward else f"Nothing follows by itself.{forced}"
