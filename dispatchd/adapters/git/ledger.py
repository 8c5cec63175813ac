"""What this repository's daemon put on the branch, kept in a reference of its own whatever becomes of the branch.

`refs/dispatchd/made` is a line of small commits. Each stands for one unbroken run of commits that were made here: its
message names the commit before the run, its last parent is the run's end. So the reference also keeps what it names
from being collected as garbage: after a rebase, a reset, a deleted branch or an expired reflog it is all still there.
It moves in one transaction with the branch. Fetches and pushes of branches do not carry it, so nobody else can say
here that something was made here; in a bare repository, into which others push as they like, it counts for nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.layout import is_bare
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import (
    COMMITTER_EMAIL,
    COMMITTER_NAME,
    CommitId,
    ForeignCommit,
)
from dispatchd.domain.dataclass import dataclass

LEDGER_REF: Final = "refs/dispatchd/made"
PENDING_LEDGER_REF: Final = "refs/dispatchd/pending-made"
LET_GO: Final = "refs/dispatchd/set-aside/let-go/"
"""Ends of the branch that were let go of because another clone had become home; kept, and told by nobody any more."""
SINCE: Final = "Dispatch-Made-Since"
_BEGINNING: Final = "Begin the list of what is committed here\n"
_BEGINS_AT: Final = datetime.fromtimestamp(10**9, UTC)
_SUBJECT: Final = "What dispatchd has committed here"
_FORMAT: Final = f"--format=%H %P%x00%(trailers:key={SINCE},valueonly)%x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Commits made one after the other, with nobody else's between them."""

    entry: CommitId
    """The ledger's own commit about it."""
    before: CommitId
    """The ledger's commit about the run before, or its beginning."""
    since: CommitId
    """What the first of them was made upon."""
    end: CommitId


def read_runs(runner: GitRunner, most: int | None = None) -> tuple[Run, ...]:
    """Every run, or the *most* newest, newest first."""
    limit = () if most is None else (f"--max-count={most}",)
    # A pattern, because one that fits nothing is no error. The beginning of the ledger has no parent, so that the walk
    # ends there and never runs into the branch.
    found = f"--glob={LEDGER_REF}*"
    answer = runner.ask("log", "--first-parent", "--no-show-signature", _FORMAT, *limit, found, "--")
    records = answer.stdout.decode("ascii", "replace").split("\x01")
    return tuple(run for record in records if (run := _run_in(record)) is not None)


def runs_believed(runner: GitRunner, common_dir: Path, most: int | None = None) -> tuple[Run, ...]:
    """The same, where nobody can push such a reference into this repository; else none."""
    return () if is_bare(common_dir) else read_runs(runner, most)


def _run_in(record: str) -> Run | None:
    ids, _, since = record.strip("\n").partition("\x00")
    names = [CommitId(each) for each in ids.split(" ") if each]
    if len(names) != len(("entry", "before", "end")):
        return None
    return Run(entry=names[0], before=names[1], since=CommitId(since.strip()), end=names[2])


def newest_run(runner: GitRunner) -> Run | None:
    """The run that may go on."""
    return next(iter(read_runs(runner, 1)), None)


def run_after(run: Run, entry: CommitId, start: CommitId, end: CommitId) -> Run:
    """What *entry* says, which `ledger_stream` made of *run* for commits from *start* to *end*."""
    if run.end == start:
        return Run(entry=entry, before=run.before, since=run.since, end=end)
    return Run(entry=entry, before=run.entry, since=start, end=end)


def ledger_stream(run: Run | None, start: CommitId, tip_mark: int, at: datetime) -> bytes:
    """What fast-import reads to note that the commits from *start* to the mark *tip_mark* were made here.

    A run that ended at *start* goes on: its entry gives way to a longer one. The entry's id is printed.
    """
    entry_mark, root_mark = tip_mark + 1, tip_mark + 2
    root = b""
    if run is None:
        before, since = f":{root_mark}", start
        root = _entry(root_mark, _BEGINNING, _BEGINS_AT, "")
    elif run.end == start:
        before, since = str(run.before), run.since
    else:
        before, since = str(run.entry), start
    message = f"{_SUBJECT}\n\n{SINCE}: {since}\n"
    entry = _entry(entry_mark, message, at, f"from {before}\nmerge :{tip_mark}\n")
    return f"reset {PENDING_LEDGER_REF}\n\n".encode() + root + entry + f"get-mark :{entry_mark}\n".encode()


def _entry(mark: int, message: str, at: datetime, parents: str) -> bytes:
    who = f"{COMMITTER_NAME} <{COMMITTER_EMAIL}> {int(at.timestamp())} +0000"
    text = message.encode()
    return (
        f"commit {PENDING_LEDGER_REF}\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
        + b"data %d\n%s\n" % (len(text), text)
        + f"{parents}deleteall\n\n".encode()
    )


def made_in_runs(
    runner: GitRunner, runs: Sequence[Run], commits: Sequence[ForeignCommit]
) -> frozenset[CommitId]:
    """Those of *commits* that lie in one of *runs*."""
    wanted = {commit.oid: commit.parents for commit in commits}
    made: set[CommitId] = set()
    for run in runs:
        at = run.end
        while at in wanted and at != run.since:
            made.add(at)
            at = wanted[at][0] if wanted[at] else run.since
    left = {commit.oid for commit in commits if commit.is_own} - made
    for run in runs if left else ():
        # A run of which *commits* hold only the beginning: the branch was set back into its midst.
        inside = runner.ask("rev-list", "--first-parent", run.end, f"^{run.since}").stdout.decode("ascii")
        made |= left & set(map(CommitId, inside.split("\n")))
    return frozenset(made)


def let_go(runner: GitRunner, runs: Sequence[Run], head: CommitId) -> frozenset[CommitId]:
    """What counts no more, with *runs* newest first: commits that were let go of when another clone became home, and
    those made here before that; in neither case what *head* holds, or what the first run after that was made upon.
    """
    aside = _held_by(runner, f"--glob={LET_GO}*", f"^{head}")
    last = next((place for place, run in enumerate(runs) if run.end in aside), None)
    if last is None:
        return aside
    later = [f"^{run.end}" for run in runs[max(0, last - 1) : last]]
    return _held_by(runner, f"--glob={LET_GO}*", runs[last].entry, f"^{head}", *later)


def _held_by(runner: GitRunner, *ends: str) -> frozenset[CommitId]:
    return frozenset(map(CommitId, runner.ask("rev-list", *ends, "--").stdout.decode("ascii").split()))
