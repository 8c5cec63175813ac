"""The page that keeps what a check of a phase showed, in the tree: people read it where they read the issue."""

from datetime import datetime
from typing import Final

from dispatchd.documents.stamps import format_moment
from dispatchd.documents.tree_paths import slug
from dispatchd.domain.flow import Evidence
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.wording import counted

FOLDER: Final = "evidence"


def evidence_path(issue: EntityId, phase: str, number: int) -> DocumentPath:
    """Where it stands: by its number among the phases of the issue that are over."""
    return DocumentPath(f"{FOLDER}/{issue}/{number:02}-{slug(phase)}.md")


def evidence_ref(issue: EntityId, phase: str, number: int) -> str:
    """The name, below `refs/dispatchd/`, that keeps the commit of the page of the same name."""
    return evidence_path(issue, phase, number).removesuffix(".md").rstrip("-")


def checkpoint_path(epic: EntityId, stage: str, command: str, commit: str, number: int = 1) -> DocumentPath:
    """The same for a checkpoint of an epic: by the commit, and which time it was run there."""
    again = f"-{number}" if number > 1 else ""
    return DocumentPath(f"{FOLDER}/{epic}/{slug(stage)}-{slug(command)}-{commit[:8]}{again}.md")


def evidence_text(title: str, phase: str, round_number: int, at: datetime, evidence: Evidence) -> str:
    """The page."""
    again = f", round {round_number}" if round_number > 1 else ""
    came = "as it has to be" if evidence.as_expected else "not as it has to be"
    exit_code = "it took too long" if evidence.exit_code is None else str(evidence.exit_code)
    facts = [
        f"- {came}: {evidence.why}",
        *_commits(evidence),
        f"- command: {_coded(evidence.command)}",
        f"- exit code: {exit_code}",
    ]
    if evidence.passed or evidence.failed:
        new = (
            f"; {evidence.fresh_failed} of {counted(evidence.fresh, 'new test')} failed"
            if evidence.fresh
            else ""
        )
        facts.append(f"- tests: {evidence.passed} passed, {evidence.failed} failed{new}")
    facts.append(f"- run by dispatchd, {format_moment(at)}")
    tail = evidence.tail.replace("\r\n", "\n").strip("\n")
    fence = "`" * max(3, _longest_run(tail) + 1)
    heading = " ".join(title.split())
    shown = f"\n\nThe end of what it printed:\n\n{fence}text\n{tail}\n{fence}" if tail.strip() else ""
    return f"# {phase}{again}: {heading}\n\n" + "\n".join(facts) + shown + "\n"


def _commits(evidence: Evidence) -> tuple[str, ...]:
    """What was handed in, and what the command was run on where that is another one."""
    if evidence.handed_in in {"", evidence.commit}:
        return (f"- commit: `{evidence.commit}`",)
    return (
        f"- handed in: `{evidence.handed_in}`",
        f"- commit: `{evidence.commit}`, its tests without its code",
    )


def _coded(text: str) -> str:
    ticks = "`" * (_longest_run(text) + 1)
    return f"{ticks}{' ' if len(ticks) > 1 else ''}{text}{' ' if len(ticks) > 1 else ''}{ticks}"


def _longest_run(text: str) -> int:
    longest = run = 0
    for each in text:
        run = run + 1 if each == "`" else 0
        longest = max(longest, run)
    return longest
