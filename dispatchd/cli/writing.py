"""How a command that changes something says what came of it: what happened, in the log's words, or as JSON."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dispatchd.cli.terminal import aside, visible

if TYPE_CHECKING:
    from dispatchd.application.requests.request import Verb
    from dispatchd.cli.invocation import Invocation

C = TypeVar("C", bound=Callable[..., Any])


def json_option(command: C) -> C:
    """`--json`, worded the same everywhere."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)


def carry_out(
    invocation: "Invocation",
    verb: "Verb",
    *,
    as_json: bool = False,
    speaker: str | None = None,
    **arguments: Any,
) -> Mapping[str, Any]:
    """Do what *verb* asks and print what happened."""
    result = invocation.perform(verb, speaker=speaker, **arguments)
    if as_json and "elsewhere" in result:
        show_written_json(invocation, result)
    elif as_json:
        show_entity_json(invocation, str(result.get("subject", "")))
    else:
        told = [visible(str(line)) for line in result.get("told", ())]
        invocation.screen.show(*(told or ["Nothing had to change."]))
    return result


def show_written_json(invocation: "Invocation", result: Mapping[str, Any]) -> None:
    """Print what was written where another clone decides: there is no new state of anything to print yet."""
    keys = ("subject", "told", "paths", "elsewhere")
    invocation.screen.show_json({key: result[key] for key in keys})


def show_entity_json(invocation: "Invocation", subject: str) -> None:
    """Print the entity *subject* as it now stands."""
    from dispatchd.cli.entity_views import entity_json

    with invocation.reading(just_written=True) as model:
        invocation.screen.show_json(entity_json(model, subject))


def open_new(invocation: "Invocation", verb: "Verb", *, as_json: bool, **arguments: Any) -> None:
    """Open something new; its id is the result, its file a help."""
    result = invocation.perform(verb, **arguments)
    subject = str(result["subject"])
    if "elsewhere" in result:
        if as_json:
            show_written_json(invocation, result)
        else:
            invocation.screen.show(visible(subject))
            aside(*(visible(str(line)) for line in result["told"][-1:]))
        return
    if as_json:
        show_entity_json(invocation, subject)
        return
    invocation.screen.show(visible(subject))
    say_where(invocation, subject)


def say_where(invocation: "Invocation", subject: str) -> None:
    """Name the file of *subject* on the error stream: what to open next."""
    from dispatchd.cli.entity_views import named

    with invocation.reading(just_written=True) as model:
        path = named(model, subject).path
    aside(f"Its file: {visible(invocation.place(path))}")
