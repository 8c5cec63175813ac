"""`workflow`: which workflows there are, what each looks like, and what is wrong with one."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Noun
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from dispatchd.application.workflows import KnownWorkflow
    from dispatchd.cli.invocation import Invocation
    from dispatchd.domain.workflow import Phase

OURS = "dispatchd"


@click.group(cls=Noun, examples=("dispatchd workflow list", "dispatchd workflow show tdd"))
def workflow() -> None:
    """See the workflows that issues can go through."""


@workflow.command("list", examples=("dispatchd workflow list", "dispatchd workflow list --json"))
@json_option
@click.pass_obj
def list_workflows(invocation: "Invocation", as_json: bool) -> None:
    """Every workflow, how many phases it has, and where it comes from."""
    known = invocation.composition.workflows_of(invocation.workspace)
    if as_json:
        invocation.screen.show_json({"items": [_row(each) for each in known]})
        return
    columns = (
        Column(style=Style.ACCENT),
        Column(gives_way=True),
        Column(right=True),
        Column(style=Style.QUIET),
    )
    rows = [(each.name, _summary(each), _size(each), _place(each)) for each in known]
    invocation.screen.show(*table(columns, rows, invocation.screen))


def _place(known: "KnownWorkflow") -> str:
    return f"{known.path or OURS}{', not in force yet' if known.waits else ''}"


def _summary(known: "KnownWorkflow") -> str:
    found = known.reading.workflow
    if found is None:
        return f"cannot be used: {known.reading.problems[0].what}"
    return found.summary or found.title


def _size(known: "KnownWorkflow") -> str:
    from dispatchd.domain.wording import counted

    found = known.reading.workflow
    return counted(len(found.phases), "phase") if found is not None else ""


@workflow.command(
    "show",
    examples=(
        "dispatchd workflow show tdd",
        "dispatchd workflow show tdd --mermaid",
        "dispatchd workflow show tdd --text > .dispatch/workflows/tdd.toml",
    ),
)
@click.argument("name")
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print it as a Mermaid flowchart.")
@click.option("--text", "as_text", is_flag=True, help="Print its file, for a copy of your own.")
@json_option
@click.pass_obj
def show(invocation: "Invocation", name: str, as_mermaid: bool, as_text: bool, as_json: bool) -> None:
    """Draw one: its phases, and where each of them leads."""
    from dispatchd.documents.workflow_drawing import drawn, mermaid

    known = _named(invocation, name)
    screen = invocation.screen
    found = known.reading.workflow
    if as_text:
        screen.show(known.text.removesuffix("\n"))
        return
    if found is None:
        first = known.problems[0]
        raise Failed(f'"{name}" cannot be used: {first}; "dispatchd workflow check" says all of it')
    if as_json:
        whole = {
            "title": found.title,
            "tests": list(found.tests),
            "phases": [_phase(each) for each in found.phases],
        }
        screen.show_json({**_row(known), **whole})
    elif as_mermaid:
        screen.show(*mermaid(found))
    else:
        title = f"{screen.heading(visible(found.title or found.name))}  {screen.quiet(known.path or OURS)}"
        waits = (
            ["This text does not count yet: somebody is to say so, see dispatchd waiting."]
            if known.waits
            else []
        )
        screen.show(title, *([visible(found.summary)] if found.summary else []), *waits, "")
        screen.show(*(visible(line) for line in drawn(found)))


@workflow.command("check", examples=("dispatchd workflow check", "dispatchd workflow check tdd"))
@click.argument("name", required=False)
@json_option
@click.pass_context
def check(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Say what is wrong with one, or with any, by file and line. Exits 1 if anything is."""
    invocation: Invocation = ctx.obj
    known = invocation.composition.workflows_of(invocation.workspace)
    chosen: Sequence[KnownWorkflow] = known if name is None else [_named(invocation, name)]
    problems = [problem for each in chosen for problem in each.problems]
    if as_json:
        items = [
            {"path": each.path, "line": each.line, "what": each.what, "hint": each.hint} for each in problems
        ]
        invocation.screen.show_json({"items": items})
    elif not problems:
        invocation.screen.show("Every path ends, or comes to a person.")
    for each in () if as_json else problems:
        place = invocation.place(each.path, each.line)
        invocation.screen.show(f"{invocation.screen.accent(visible(place))}  {visible(each.what)}")
        if each.hint:
            invocation.screen.show(f"    {visible(each.hint)}")
    ctx.exit(1 if problems else 0)


def _named(invocation: "Invocation", name: str) -> "KnownWorkflow":
    known = invocation.composition.workflows_of(invocation.workspace)
    found: KnownWorkflow | None = next((each for each in known if each.name == name), None)
    if found is None:
        named = ", ".join(each.name for each in known)
        raise Failed(f'there is no workflow "{name}"; there are {named}')
    return found


def _row(known: "KnownWorkflow") -> "dict[str, Any]":
    return {
        "name": known.name,
        "summary": _summary(known),
        "path": known.path,
        "sound": not known.reading.problems,
    }


def _phase(phase: "Phase") -> "dict[str, Any]":
    return {
        "name": phase.name,
        "role": phase.role,
        "instruction": phase.instruction,
        "artefact": list(phase.artefact),
        "reviews": phase.reviews,
        "check": phase.check,
        "expect": phase.expect if phase.check is not None else None,
        "within": phase.within,
        "report": phase.report,
        "since": phase.since,
        "gate": phase.gate,
        "iterations": phase.iterations,
        "leads": [{"when": when, "to": to} for when, to in phase.ways],
    }
