"""`share` and `home`: several clones of one workspace, and which of them decides."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from dispatchd.cli.grammar import Noun, Verb
from dispatchd.cli.terminal import visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.application.clone_status import HomeMoved
    from dispatchd.cli.invocation import Invocation


MOST: Final = 20


@click.group(cls=Noun, examples=("dispatchd share now",))
def share() -> None:
    """Fetch and push the branch, so that several clones work on one workspace.

    A daemon does it by itself where config.toml says with whom: [share] remote = "origin".
    """


@share.command("now", cls=Verb, examples=("dispatchd share now", "dispatchd share now --take"))
@click.option("--take", "word", flag_value="take", help="The remote was rewritten: merge what it has now.")
@click.option(
    "--put-back",
    "word",
    flag_value="put-back",
    help="The remote was rewritten: replace it by what stands here.",
)
@json_option
@click.pass_context
def share_now(ctx: click.Context, word: str | None, as_json: bool) -> None:
    """Fetch what others committed, and push what was committed here, without waiting for the daemon's next time."""
    invocation: Invocation = ctx.obj
    done = invocation.composition.share_workspace(invocation.workspace, word or "")
    if as_json:
        invocation.screen.show_json(done)
    elif done["trouble"]:
        invocation.screen.show(visible(f"Not shared: {done['words']}."))
    else:
        what = "What others committed was taken over." if done["took"] else "Nothing new had come."
        invocation.screen.show(f"Level with {visible(str(done['remote']))}. {what}")
    ctx.exit(1 if done["trouble"] else 0)


@click.command(cls=Verb, examples=("dispatchd home", "dispatchd home --here"))
@click.option("--here", is_flag=True, help="Let this clone decide from now on.")
@json_option
@click.pass_obj
def home(invocation: "Invocation", here: bool, as_json: bool) -> None:
    """Say which clone decides, or let this one.

    Home adopts files, does what was ticked, closes votes and starts agents; all other clones keep, commit and share
    what is edited in them. Moving it is a commit: the clone that decided until now sees it with its next fetch.
    """
    from dispatchd.application.clone_status import is_nobody, those_of

    composition, workspace = invocation.composition, invocation.workspace
    moved = composition.home_here(workspace) if here else None
    decides, name = composition.home_of(workspace), composition.name_of(workspace)
    if as_json:
        let_go = [{"id": each, "title": title} for each, title in (moved.let_go if moved else ())]
        invocation.screen.show_json(
            {
                "home": decides,
                "clone": name,
                "is_here": decides in ("", name),
                "let_go": let_go,
                "on_word": [{"by": by, "decisions": count} for by, count in (moved.on_word if moved else ())],
                "asked_again": moved.asked_again if moved else 0,
            }
        )
    elif decides in ("", name):
        invocation.screen.show(f"{visible(name)}, this clone, decides.")
    elif is_nobody(decides):
        invocation.screen.show(
            f"Nobody decides: {visible(those_of(decides))} did at the same time. "
            "Run `dispatchd home --here` in the one that shall."
        )
    else:
        invocation.screen.show(
            f"{visible(decides)} decides. This clone is {visible(name)}: what is edited here is committed and takes "
            "effect there. To let this one decide: dispatchd home --here"
        )
    if moved is not None and not as_json:
        invocation.screen.show(*_on_word(moved), *(_let_go(moved) if moved.let_go else ()))


def _on_word(moved: "HomeMoved") -> Iterator[str]:
    """Decisions that stand because daemons of other clones say so, and those that do not count although they do."""
    count = sum(number for _, number in moved.on_word)
    if count:
        whose = ", ".join(f"{visible(by)} {number}" for by, number in moved.on_word)
        yield (
            f"{'1 decision stands' if count == 1 else f'{count} decisions stand'} here on the word of the clones that "
            f"decided before: {whose}. Whoever may push can write such commits."
        )
        yield "To look at them: dispatchd log, and git log --committer=dispatchd@local dispatch"
    if moved.asked_again == 1:
        yield "1 decision is not believed, because no signature proves it, and is asked again: see WAITING.md"
    elif moved.asked_again:
        yield (
            f"{moved.asked_again} decisions are not believed, because no signatures prove them, and are asked again: "
            "see WAITING.md"
        )


def _let_go(moved: "HomeMoved") -> Iterator[str]:
    """What only the copy of this clone knew: no commit and no file of the branch tells of it."""
    count = len(moved.let_go)
    yield (
        f"{count} {'thing' if count == 1 else 'things'} that only this clone's own copy knew, "
        f"and no commit of the branch, {'was' if count == 1 else 'were'} let go:"
    )
    yield from (f"  {visible(each)}  {visible(title)}" for each, title in moved.let_go[:MOST])
    if count > MOST:
        yield f"  and {count - MOST} more"
    yield f"The copy is kept: {visible(moved.kept)}"
