"""`gate`: a person's answer to what an epic waits for."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.writing import carry_out, json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(
    cls=Noun,
    examples=(
        "dispatchd gate approve e-3fq9",
        'dispatchd gate reject e-3fq9 Design --reason "link dies too early"',
    ),
)
def gate() -> None:
    """Answer the gate of a stage. Without STAGE it is the one that waits."""


@gate.command(examples=("dispatchd gate approve e-3fq9", "dispatchd gate approve e-3fq9 Design"))
@click.argument("epic")
@click.argument("stage", required=False)
@click.option("-m", "--reason", help="Why; it stands beside the approval.")
@json_option
@click.pass_obj
def approve(
    invocation: "Invocation", epic: str, stage: str | None, reason: str | None, as_json: bool
) -> None:
    """Let the next stage begin."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.GATE_APPROVE, as_json=as_json, epic=epic, stage=stage, reason=reason)


@gate.command(examples=('dispatchd gate reject e-3fq9 --reason "link dies too early"',))
@click.argument("epic")
@click.argument("stage", required=False)
@click.option("-m", "--reason", required=True, help="Why; whoever goes on with the stage reads it.")
@json_option
@click.pass_obj
def reject(invocation: "Invocation", epic: str, stage: str | None, reason: str, as_json: bool) -> None:
    """Send the stage back to work, with a reason."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.GATE_REJECT, as_json=as_json, epic=epic, stage=stage, reason=reason)


@gate.command(examples=('dispatchd gate skip e-3fq9 Design --reason "settled last week"',))
@click.argument("epic")
@click.argument("stage", required=False)
@click.option("-m", "--reason", required=True, help="Why; it stands beside the stage.")
@json_option
@click.pass_obj
def skip(invocation: "Invocation", epic: str, stage: str | None, reason: str, as_json: bool) -> None:
    """Go on without an answer, with a reason."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.GATE_SKIP, as_json=as_json, epic=epic, stage=stage, reason=reason)


@gate.command(
    examples=("dispatchd gate choose e-3fq9 Rolling", "dispatchd gate choose e-3fq9 Release Rolling")
)
@click.argument("epic")
@click.argument("stage_and_direction", nargs=-1, required=True, metavar="[STAGE] DIRECTION")
@click.option("-m", "--reason", help="Why; it stands beside the choice.")
@json_option
@click.pass_obj
def choose(
    invocation: "Invocation",
    epic: str,
    stage_and_direction: tuple[str, ...],
    reason: str | None,
    as_json: bool,
) -> None:
    """Pick one of the directions that a decision gate offers."""
    from dispatchd.application.requests.request import Verb

    *stage, direction = stage_and_direction
    if len(stage) > 1:
        raise click.UsageError('put a stage or a direction of several words in quotes: "All regions"')
    carry_out(
        invocation,
        Verb.GATE_CHOOSE,
        as_json=as_json,
        epic=epic,
        stage=stage[0] if stage else None,
        option=direction,
        reason=reason,
    )


@gate.command("ask-again", examples=("dispatchd gate ask-again e-3fq9 Design",))
@click.argument("epic")
@click.argument("stage", required=False)
@json_option
@click.pass_obj
def ask_again(invocation: "Invocation", epic: str, stage: str | None, as_json: bool) -> None:
    """Open a rejected gate once more."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.GATE_ASK_AGAIN, as_json=as_json, epic=epic, stage=stage)
