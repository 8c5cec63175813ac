"""The program: which commands there are, and what holds for all of them.

Each command's module is loaded when the command is named; the overview needs none of them.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from dispatchd import __version__
from dispatchd.cli.failures import exit_code_of
from dispatchd.cli.grammar import Entry, LazyProgram, write_examples
from dispatchd.cli.invocation import Invocation

SECTIONS: Final = {
    "Look": {
        "status": Entry(
            module="status_command", attribute="status", help="What waits for you, runs, and is next."
        ),
        "waiting": Entry(
            module="waiting_command",
            attribute="waiting",
            help="Everything that waits for you, to be answered.",
        ),
        "log": Entry(module="log_command", attribute="log", help="Who did what, and when."),
        "inbox": Entry(
            module="inbox_commands", attribute="inbox", help="Questions and notices that wait for people."
        ),
        "issue": Entry(
            module="issue_commands", attribute="issue", help="Make, list, show and change issues."
        ),
        "epic": Entry(
            module="epic_commands",
            attribute="epic",
            help="Make, list and show epics, their stages and lists.",
        ),
        "proposal": Entry(
            module="proposal_commands", attribute="proposal", help="Make, list and show proposals."
        ),
        "agent": Entry(
            module="agent_commands", attribute="agent", help="See, start, pause and stop agents at work."
        ),
        "why": Entry(module="why_command", attribute="why", help="Why no agent works on an issue."),
        "workflow": Entry(
            module="workflow_commands", attribute="workflow", help="The phases that work can go through."
        ),
        "policy": Entry(
            module="policy_commands", attribute="policy", help="The rules that answer what agents ask."
        ),
        "worktree": Entry(module="worktree_commands", attribute="worktree", help="Where agents work."),
        "merge": Entry(module="merge_commands", attribute="merge", help="Finished work on its way together."),
        "usage": Entry(module="usage_commands", attribute="usage", help="What agents have used."),
        "report": Entry(module="usage_commands", attribute="report", help="What agents did."),
    },
    "Act": {
        "edit": Entry(
            module="edit_command", attribute="edit", help="Open the file of something in your editor."
        ),
        "open": Entry(
            module="open_command", attribute="open_entity", help="Open it on the desktop, or on the forge."
        ),
        "answer": Entry(module="inbox_commands", attribute="answer", help="Answer what waits in the inbox."),
        "comment": Entry(module="comment_command", attribute="comment", help="Say something about an issue."),
        "gate": Entry(
            module="gate_commands", attribute="gate", help="Approve, reject, skip or choose at a gate."
        ),
        "vote": Entry(module="proposal_commands", attribute="vote", help="Vote on a proposal."),
        "override": Entry(
            module="proposal_commands", attribute="override", help="Decide over a vote, with a reason."
        ),
        "confirm": Entry(
            module="recovery_commands", attribute="confirm", help="Stand by what was done in your name."
        ),
        "undo": Entry(module="undo_command", attribute="undo", help="Take back what was done."),
        "tidy": Entry(module="tidy_command", attribute="tidy", help="Name files after their titles."),
        "restore": Entry(
            module="recovery_commands", attribute="restore", help="Bring back what was deleted."
        ),
        "pause": Entry(
            module="brake_commands", attribute="pause", help="Let nothing start until you say so."
        ),
        "resume": Entry(module="brake_commands", attribute="resume", help="Let work go on."),
        "as": Entry(
            module="voice_commands",
            attribute="voice",
            help="Speak as an agent: ask, tell, comment, vote, wait.",
        ),
    },
    "Run": {
        "init": Entry(module="init_command", attribute="init", help="Make this repository a workspace."),
        "up": Entry(module="daemon_commands", attribute="up", help="Start the daemon in the background."),
        "down": Entry(module="daemon_commands", attribute="down", help="Stop it."),
        "run": Entry(module="daemon_commands", attribute="run", help="Run it here, in the foreground."),
        "sync": Entry(module="daemon_commands", attribute="sync", help="Take in what was saved, now."),
        "home": Entry(module="share_commands", attribute="home", help="Say or move which clone decides."),
        "share": Entry(
            module="share_commands", attribute="share", help="Fetch and push, for several clones."
        ),
        "import": Entry(
            module="import_commands", attribute="import_group", help="Bring in what another tracker holds."
        ),
        "export": Entry(module="export_command", attribute="export", help="Print everything, as JSON."),
        "config": Entry(module="config_commands", attribute="config", help="See and change settings."),
        "check": Entry(
            module="health_commands", attribute="check", help="Look for problems in the documents."
        ),
        "doctor": Entry(
            module="doctor_command",
            attribute="doctor",
            help="Look for problems in the installation, and mend them.",
        ),
        "rebuild": Entry(
            module="database_commands", attribute="rebuild", help="Make the database anew from the branch."
        ),
        "backup": Entry(
            module="database_commands", attribute="backup", help="Copy the database, or put a copy back."
        ),
        "completion": Entry(
            module="completion_command", attribute="completion", help="Complete words in bash, zsh or fish."
        ),
        "lsp": Entry(
            module="language_command",
            attribute="lsp",
            help="Answer an editor; its configuration starts this.",
        ),
        "mcp": Entry(
            module="tools_command",
            attribute="mcp",
            help="Answer an agent; its engine starts this.",
        ),
        "merge-driver": Entry(
            module="merge_driver_command", attribute="merge_driver", help="Merge a document; git calls this."
        ),
    },
}
ENVIRONMENT: Final = (
    ("VISUAL, EDITOR", "What `edit` opens files with."),
    ("PAGER", "What shows a list that is longer than the terminal; empty or `cat`: nothing."),
    ("NO_COLOR", "Colour nothing, whatever its value."),
)
EXIT_STATUS: Final = (
    ("0", "Done."),
    ("1", "Refused, or a problem was found; why stands on the error stream."),
    ("2", "No such command or option, or something is missing in the call."),
    ("3", "A bug of dispatchd; its traceback was kept, and where is said."),
    ("130", "Interrupted."),
)
EXAMPLES: Final = (
    "dispatchd init && dispatchd up",
    'echo "Login times out" > ".dispatch/issues/login timeout.md"',
    "dispatchd status",
)


class Program(LazyProgram):
    """The program with its one error boundary around everything."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002 - failures end here, not in click
        **extra: Any,
    ) -> NoReturn:
        """Run the command that *args* spell, and leave with its exit code."""
        invocation = extra.setdefault("obj", Invocation())

        def run() -> object:
            return super(Program, self).main(
                args, prog_name or "dispatchd", complete_var, standalone_mode=False, **extra
            )

        sys.exit(exit_code_of(run, lambda: invocation.log_folder))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print what is listened to, how it ends, and how to begin."""
        for title, told in (("Environment", ENVIRONMENT), ("Exit status", EXIT_STATUS)):
            with formatter.section(title):
                formatter.write_dl(told)
        write_examples(formatter, EXAMPLES)
        super().format_epilog(ctx, formatter)


@click.group(
    cls=Program,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Act as if started in this folder.",
)
@click.option("--no-color", is_flag=True, help="Colour nothing; NO_COLOR does the same.")
@click.option("--no-color-wish", envvar="NO_COLOR", hidden=True)
@click.option("--terminal", envvar="TERM", hidden=True)
@click.option("--completing", envvar="_DISPATCHD_COMPLETE", hidden=True)
@click.version_option(__version__, "-V", "--version", message="dispatchd %(version)s")
@click.pass_obj
def program(
    invocation: Invocation,
    folder: Path | None,
    no_color: bool,
    no_color_wish: str | None,
    terminal: str | None,
    completing: str | None,  # noqa: ARG001 - read from the context, where words are completed
) -> None:
    """A folder of Markdown that does what you write in it.

    Issues, gates, votes and questions live as files in .dispatch/; edit them with anything. These commands do the
    same things, and show what is going on.
    """
    if folder is not None:
        invocation.start = folder
    invocation.no_color = "1" if no_color else no_color_wish
    invocation.term = terminal
