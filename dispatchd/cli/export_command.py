"""`export`: everything that is here, as one JSON document, written as it is read."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from dispatchd import __version__
from dispatchd.cli.entity_views import entity_json
from dispatchd.cli.grammar import Verb
from dispatchd.cli.log_view import log_item
from dispatchd.cli.terminal import json_safe
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.cli.invocation import Invocation

SHAPE: Final = 1
"""Grows when a key changes its meaning or goes."""


@click.command(
    cls=Verb,
    examples=(
        "dispatchd export --json > workspace.json",
        "dispatchd export --json --no-log | jq -r '.items[] | select(.kind == \"issue\") | .title'",
    ),
)
@click.option("--log/--no-log", "with_log", default=True, help="With what happened, or without it.")
@json_option
@click.pass_obj
def export(invocation: "Invocation", with_log: bool, as_json: bool) -> None:
    """Print everything that is here: entities with their text, other files, and what happened.

    One JSON document; each thing stands on a line of its own. docs/json.md says what is in it.
    """
    if not as_json:
        raise click.UsageError("There is one form to export in: say --json.")
    with invocation.reading() as model:
        for piece in _document(model, with_log=with_log):
            sys.stdout.write(piece)


def _document(model: "ReadModel", *, with_log: bool) -> Iterator[str]:
    yield f'{{"dispatchd": {json.dumps(__version__)}, "shape": {SHAPE}'
    yield from _array("items", _items(model))
    yield from _array("files", _files(model))
    if with_log:
        yield from _array("log", (log_item(row) for row in reversed(model.log())))
    yield "\n}\n"


def _array(name: str, items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f',\n"{name}": ['
    between = "\n"
    for item in items:
        yield between + json_safe(json.dumps(item, ensure_ascii=False))
        between = ",\n"
    yield "\n]"


def _ids(model: "ReadModel") -> Iterator[str]:
    for rows in (model.epics(), model.issues(), model.proposals(), model.threads(), model.decisions()):
        yield from (row.id for row in rows)
    yield from (row.name for row in model.agents())


def _items(model: "ReadModel") -> Iterator[Mapping[str, Any]]:
    return (entity_json(model, entity_id) for entity_id in _ids(model))


def _files(model: "ReadModel") -> Iterator[Mapping[str, Any]]:
    """Files that are no entity: settings, context, prompts, what `init` laid."""
    entities = {model.document_of(entity_id) for entity_id in _ids(model)}
    for path in sorted(model.looks()):
        text = None if path in entities else model.text_of(path)
        if text is not None:
            yield {"kind": "file", "path": path, "body": text}
