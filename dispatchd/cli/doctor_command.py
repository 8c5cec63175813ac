"""`doctor`: what is wrong with the installation, and `--fix`, which mends it. Exits 1 if anything stays wrong."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation
    from dispatchd.composition.doctoring.finding import Finding


@click.command(
    cls=Verb, examples=("dispatchd doctor", "dispatchd doctor --fix", "dispatchd doctor --fix --yes --json")
)
@click.option("--fix", is_flag=True, help="Mend what can be mended; nobody's text is ever deleted.")
@click.option("--yes", is_flag=True, help="With --fix: mend without asking.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, fix: bool, yes: bool, as_json: bool) -> None:
    """Look at everything the workspace stands on: repository, branch, database, daemon, file system, settings.

    Nothing is changed unless you say --fix. What could surprise is asked first.
    """
    from dispatchd.cli.doctor_page import page_of, report_json

    invocation: Invocation = ctx.obj
    if yes and not fix:
        raise click.UsageError("--yes goes with --fix")
    if fix:
        treatment = invocation.composition.treat(
            invocation.start, lambda finding: yes or (not as_json and _says_yes(invocation, finding))
        )
        done, report = treatment.done, treatment.report
    else:
        done, report = (), invocation.composition.diagnose(invocation.start)
    if as_json:
        invocation.screen.show_json(report_json(report, done))
    else:
        invocation.screen.show(*page_of(invocation.screen, report, done, fixing=fix))
    ctx.exit(0 if report.is_well else 1)


def _says_yes(invocation: "Invocation", finding: "Finding") -> bool:
    """Ask a person at a terminal; nobody there says no."""
    import sys

    from dispatchd.cli.doctor_page import question

    if not sys.stdin.isatty():
        return False
    invocation.screen.show(*question(invocation.screen, finding))
    says_yes = click.confirm("  Do it?", default=False)
    invocation.screen.show("")
    return says_yes
