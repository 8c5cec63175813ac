"""The git that is installed, the kind of repository, and the three settings of the user's that `init` made."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dispatchd.composition.doctoring.finding import Finding, Gravity, Mend, Room
from dispatchd.composition.doctoring.patient import Patient

if TYPE_CHECKING:
    from dispatchd.adapters.git.installation import DriverState, RepositoryKind

_READS_TABLES: Final = (2, 45)


def repository_room(patient: Patient) -> Room:
    """Whether git can do what is asked of it here."""
    from dispatchd.adapters.git.installation import git_version, kind_of

    version, shown = git_version(patient.common_dir)
    kind = kind_of(patient.common_dir)
    findings = (*_versions(version, shown, kind), *_kinds(kind), *_exclusion(patient))
    traits = [
        word
        for word, holds in (
            ("bare", kind.is_bare),
            ("a submodule", kind.is_submodule),
            ("sha256 object names", kind.objects == "sha256"),
            ("references in a table", kind.references == "reftable"),
            ("shallow", kind.is_shallow),
            ("partial", kind.is_partial),
        )
        if holds
    ]
    return Room(name="repository", fact="; ".join([f"git {shown}", *traits]), findings=findings)


def _versions(version: tuple[int, int], shown: str, kind: "RepositoryKind") -> Iterator[Finding]:
    from dispatchd.adapters.git.installation import OLDEST

    if version < OLDEST:
        yield Finding(
            code="git-too-old",
            gravity=Gravity.BROKEN,
            what=f"git {shown} is too old; dispatchd needs {OLDEST[0]}.{OLDEST[1]} or later.",
            why="Older ones lack worktree repair, durable references, or the batches that commits are made in.",
            next_step="Install a newer git, or put one first on PATH.",
        )
    if kind.references == "reftable" and version < _READS_TABLES:
        yield Finding(
            code="git-reads-no-reftable",
            gravity=Gravity.BROKEN,
            what=f"This repository keeps its references in a table, which git {shown} cannot read.",
            why="No git command works in it.",
            next_step="Install git 2.45 or later.",
        )


def _kinds(kind: "RepositoryKind") -> Iterator[Finding]:
    if kind.is_shallow:
        yield Finding(
            code="repository-shallow",
            gravity=Gravity.NOTE,
            what="This repository is shallow: its history was cut when it was cloned.",
            why="A lost database can be made again only from the commits of dispatch that are here.",
            next_step="For all of it: git fetch --unshallow",
        )
    if kind.is_partial:
        yield Finding(
            code="repository-partial",
            gravity=Gravity.NOTE,
            what="This repository is a partial clone: git fetches old file contents when they are asked for.",
            why="Looking far back needs the remote; without a network an old text may not be found.",
            next_step="For all of it: git fetch --refetch --no-filter",
        )


def _exclusion(patient: Patient) -> Iterator[Finding]:
    from dispatchd.adapters.git.workspace_setup import exclude, not_excluded

    missing = " and ".join(not_excluded(patient.common_dir))

    def write_lines() -> str:
        exclude(patient.common_dir)
        return f"Wrote {missing} into .git/info/exclude."

    if missing:
        yield Finding(
            code="exclude-missing",
            gravity=Gravity.RISK,
            what=f"{missing} is missing in .git/info/exclude.",
            why="`git add -A` on a branch of yours would take the folder in, as an embedded repository; in the folder it"
            " would take in what the daemon drops there for an instant.",
            next_step=f"Add a line for each to {patient.common_dir / 'info' / 'exclude'}.",
            mend=Mend(will="Writes what is missing.", do=write_lines),
        )


def merging_room(patient: Patient) -> Room:
    """Whether git merges documents by field, and by which installation."""
    from dispatchd.adapters.git.installation import driver_of, is_this_driver, names_driver

    state = driver_of(patient.common_dir)
    findings = [*_driver(patient, state)]
    if not names_driver(patient.tree):
        findings.append(
            Finding(
                code="attributes-missing",
                gravity=Gravity.RISK,
                what=".dispatch/.gitattributes does not name the merge driver.",
                why="Git would then merge documents as plain text, with markers where two people changed one line.",
                next_step="Write this line in it: *.md merge=dispatchd",
            )
        )
    where = "this installation" if is_this_driver(state) else str(state.program or "a command of yours")
    fact = findings[0].what if findings else f"documents are merged by field, by {where}"
    return Room(name="merging", fact=fact, findings=tuple(findings))


def _driver(patient: Patient, state: "DriverState") -> Iterator[Finding]:
    from dispatchd.adapters.git.installation import register_this

    def register_again() -> str:
        register_this(patient.common_dir)
        return "Registered this installation as the merge driver."

    mend = Mend(will="Registers this installation in the repository's configuration.", do=register_again)
    if state.is_missing:
        yield Finding(
            code="driver-missing",
            gravity=Gravity.RISK,
            what="The merge driver is not registered in this repository.",
            why="Git would merge documents as plain text, with markers where two people changed one line.",
            next_step="Run: dispatchd init",
            mend=mend,
        )
    elif state.is_stale:
        yield Finding(
            code="driver-stale",
            gravity=Gravity.RISK,
            what=f"The merge driver points at {state.program}, which is gone.",
            why="Merges fall back to a dispatchd on PATH, and to plain text where there is none.",
            next_step="Run: dispatchd init",
            mend=mend,
        )
