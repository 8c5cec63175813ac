"""`merge-driver`: git calls this where both sides of a merge changed a document."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(
    "merge-driver", cls=Verb, examples=("dispatchd merge-driver base.md ours.md theirs.md 7 issues/login.md",)
)
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("ours", type=click.Path(path_type=Path))
@click.argument("theirs", type=click.Path(path_type=Path))
@click.argument("marker_size", type=int, default=7)
@click.argument("path", default="")
@click.pass_context
def merge_driver(
    ctx: click.Context, base: Path, ours: Path, theirs: Path, marker_size: int, path: str
) -> None:
    """Merge two versions of a document field by field, into OURS.

    Exits 0 when all of it could be merged and 1 when conflict markers are left, as git expects.
    """
    invocation: Invocation = ctx.obj
    ctx.exit(invocation.composition.merge_documents(base, ours, theirs, marker_size, path))
