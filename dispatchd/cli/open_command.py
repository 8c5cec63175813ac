"""`open`: the file of something, in the program the desktop has for it, or on the forge's page."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.edit_command import path_of
from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import aside, visible

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(
    "open",
    cls=Verb,
    examples=("dispatchd open i-7k2m", "dispatchd open i-7k2m --web", "vim $(dispatchd open --print e-3fq9)"),
)
@click.argument("entity", metavar="ID")
@click.option("--web", is_flag=True, help="Its page on the forge that the remote is at.")
@click.option("--print", "only_print", is_flag=True, help="Print the path or the address, and open nothing.")
@click.pass_obj
def open_entity(invocation: "Invocation", entity: str, web: bool, only_print: bool) -> None:
    """Open the file of ID as the desktop does; where there is no desktop, print its path.

    ID may also be a path in the tree. With --web it is the file's page on GitHub, GitLab, Gitea (Forgejo, Codeberg),
    Bitbucket or SourceHut, as the remote's address says; for a host whose name does not tell, say once what runs
    there: git config dispatchd.forge gitlab.
    """
    path = path_of(invocation, entity)
    what = _page(invocation, path) if web else str(invocation.workspace.tree / path)
    if only_print or not invocation.composition.open_on_desktop(invocation.workspace, what):
        invocation.screen.show(visible(what))


def _page(invocation: "Invocation", path: str) -> str:
    from dispatchd.application.forge_pages import FORGES, page_of
    from dispatchd.application.ports.branch_names import BRANCH

    remote = invocation.composition.remote_of(invocation.workspace)
    if remote is None:
        raise Failed("no remote is known, so there is no page; git remote add origin ADDRESS")
    page = page_of(remote, BRANCH, path)
    if page is None:
        raise Failed(
            f"{remote.name} is at {remote.url}, and nothing tells what runs there; "
            f"git config dispatchd.forge {'|'.join(FORGES)}"
        )
    if not remote.has_branch:
        aside(
            f"{remote.name} had no branch {BRANCH} when it was last fetched: git push {remote.name} {BRANCH}"
        )
    return page
