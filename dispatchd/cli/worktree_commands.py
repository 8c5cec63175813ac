"""`worktree`: where agents work, what they have changed there, and taking away what is no longer needed."""

from typing import TYPE_CHECKING, Any

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Noun
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, aside, visible, visible_lines
from dispatchd.cli.writing import json_option
from dispatchd.domain.agent_run import WorkPhase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dispatchd.cli.invocation import Invocation

_NAMED = 3
_SHOWN = 8
"""Digits of a commit's name."""
WORKTREES = (
    Column(title="issue", style=Style.ACCENT),
    Column(title="status"),
    Column(title="branch", gives_way=True),
    Column(title="uncommitted", right=True),
    Column(title="folder", style=Style.QUIET, gives_way=True),
)


@click.group(cls=Noun, examples=("dispatchd worktree list", "dispatchd worktree diff i-7k2m"))
def worktree() -> None:
    """The worktrees of agents; each is a clone of its own that borrows the repository's objects."""


@worktree.command("list", examples=("dispatchd worktree list",))
@json_option
@click.pass_obj
def list_worktrees(invocation: "Invocation", as_json: bool) -> None:
    """Every worktree, its branch and how much in it is not committed."""
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        clones = look.clones
        rows = [_row(look.work, clone, clones.look(clone)) for clone in clones.all()]
        hint = "" if as_json else _hint(look, rows)
        orphaned = look.orphaned
    _tell_of(orphaned)
    if as_json:
        invocation.screen.show_json({"items": rows})
        return
    cells = [
        (row["issue"], row["status"], row["branch"], str(len(row["changed"]) or ""), row["folder"])
        for row in rows
    ]
    invocation.screen.show(*table(WORKTREES, cells, invocation.screen, headed=True))
    if hint:
        aside(hint)


def _hint(look: Any, rows: list[dict[str, Any]]) -> str:
    """What can be taken away; where there is none, why."""
    if not rows:
        if any(made.has_branch for made in look.work.runs.works(WorkPhase)):
            return "No agent has a worktree now. Those there were have been taken away, or stand elsewhere; branches stay."
        return "No agent has a worktree yet."
    finished = look.finished()
    if not finished:
        return ""
    which = "Of a finished issue is 1" if len(finished) == 1 else f"Of finished issues are {len(finished)}"
    return f"{which} ({look.room_of(finished)}). To take away: dispatchd worktree clean"


@worktree.command(examples=("dispatchd worktree show i-7k2m",))
@click.argument("issue")
@json_option
@click.pass_obj
def show(invocation: "Invocation", issue: str, as_json: bool) -> None:
    """One worktree: its folder, its branch, and what in it is not committed."""
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        clone = _clone(look, issue)
        row = _row(look.work, clone, look.clones.look(clone))
    if as_json:
        invocation.screen.show_json(row)
        return
    screen = invocation.screen
    lines = [f"{screen.accent(row['issue'])}  {visible(row['branch'])}", f"  {visible(row['folder'])}"]
    lines += [f"  not committed: {visible(path)}" for path in row["changed"]]
    screen.show(*lines)


@worktree.command(examples=("dispatchd worktree diff i-7k2m | less",))
@click.argument("issue")
@click.pass_obj
def diff(invocation: "Invocation", issue: str) -> None:
    """What the work on an issue changes, committed or not, as a patch; without a worktree, what its branch changes."""
    from dispatchd.application.requests.lookup import issue_named

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        found = issue_named(look.work, issue)
        clone = _clone_of(look, found.id)
        if clone is not None:
            patch, remark = look.clones.diff(clone), ""
        else:
            patch, remark = _patch_of_branch(look, found.id)
    if remark:
        aside(remark)
    invocation.screen.show(visible_lines(patch.rstrip("\n")))


def _patch_of_branch(look: Any, issue_id: str) -> tuple[str, str]:
    """What the branch of work without a worktree changes, and that it has none. Raises Failed where there is neither."""
    made = look.work.work(issue_id)
    _require_begun(made, issue_id)
    patch = look.patch_of_branch(made)
    if patch is None:
        raise Failed(_without_branch(made))
    return patch, visible(
        f"{issue_id} has no worktree any more; this is what its branch {made.branch} changes."
    )


def _require_begun(made: Any, issue_id: str) -> None:
    if made is None:
        raise Failed(f"{issue_id} has no worktree; no agent has begun on it: dispatchd why {issue_id}")
    if not made.has_branch:
        raise Failed(
            f"{issue_id} has no worktree, and nothing was committed for it: dispatchd why {issue_id}"
        )


def _without_branch(made: Any) -> str:
    told = f"{made.issue} has no worktree any more, and its branch {made.branch} is gone as well"
    return f"{told}; the last that is known of it: git show {made.commit[:_SHOWN]}"


@worktree.command(examples=("dispatchd worktree clean", "dispatchd worktree clean i-7k2m"))
@click.argument("issues", nargs=-1)
@click.pass_obj
def clean(invocation: "Invocation", issues: tuple[str, ...]) -> None:
    """Take away the worktrees of finished issues, or of those named. Branches stay, and what was not committed is kept.

    Uncommitted work is saved to refs/dispatchd/rescue/ first, so that nothing is lost with a folder.
    """
    from dispatchd.application.requests.lookup import issue_named

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        if issues:
            wanted = tuple(str(issue_named(look.work, typed).id) for typed in issues)
        else:
            wanted = tuple(clone.issue for clone in look.finished())
        busy = [each for each in wanted if look.work.is_worked_on(each)]
        orphaned = look.orphaned
    if busy:
        raise Failed(
            f"an agent works there just now: {', '.join(busy)}; stop it first: dispatchd agent stop {busy[0]}"
        )
    done = invocation.composition.clean_worktrees(invocation.workspace, wanted)
    for issue, became in done:
        invocation.screen.show(f"{issue}  {visible(became)}")
    if not done:
        aside("There is none to take away.")
    _tell_of(orphaned)


def _tell_of(orphaned: "Sequence[tuple[Path, str]]") -> None:
    if orphaned:
        folders = ", ".join(visible(str(folder)) for folder, _ in orphaned[:_NAMED])
        more = f" and {len(orphaned) - _NAMED} more" if len(orphaned) > _NAMED else ""
        aside(f"Worktrees of repositories that are gone stand in {folders}{more}; see: dispatchd doctor")


def _clone(look: Any, typed: str) -> Any:
    from dispatchd.application.requests.lookup import issue_named

    issue = issue_named(look.work, typed)
    found = _clone_of(look, issue.id)
    if found is None:
        made = look.work.work(issue.id)
        _require_begun(made, issue.id)
        raise Failed(
            f"{issue.id} has no worktree any more; its branch is {made.branch}: dispatchd worktree diff {issue.id}"
        )
    return found


def _clone_of(look: Any, issue_id: str) -> Any:
    return next((clone for clone in look.clones.all() if clone.issue == issue_id), None)


def _row(work: Any, clone: Any, state: Any) -> dict[str, Any]:
    issue = work.issue(clone.issue)
    return {
        "issue": clone.issue,
        "status": str(issue.status) if issue is not None else "unknown",
        "branch": clone.branch,
        "base": clone.base,
        "head": state.head,
        "changed": list(state.changed),
        "folder": str(clone.path),
    }
