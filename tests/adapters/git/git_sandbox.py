"""A real repository in a temporary folder, and a person who uses git in it."""

import hashlib
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dispatchd.adapters.git.workspace_setup import GitWorkspaceSetup
from dispatchd.application.ports.audit_log import AuditCommit, Signature
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.application.ports.workspace_setup import InitOutcome
from dispatchd.domain.identifiers import DocumentPath

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ASH = Signature(name="ash", email="ash@agents.local", at=NOON)
LAID = {
    DocumentPath(".gitattributes"): b"* -text\n",
    DocumentPath("config.toml"): b"[people]\n",
    DocumentPath("issues/i-7k2m-login.md"): b"---\nstatus: queued\n---\n",
}


@dataclass(frozen=True)
class Person:
    """Somebody at a shell in *folder*."""

    folder: Path

    def git(self, *arguments: str, check: bool = True) -> str:
        ended = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, check=False, timeout=60
        )
        if check and ended.returncode:
            raise AssertionError(f"git {arguments}: {ended.stderr.decode()}")
        return ended.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def fails(self, *arguments: str) -> bool:
        return (
            subprocess.run(["git", *arguments], cwd=self.folder, capture_output=True, check=False).returncode
            != 0
        )

    def writes(self, path: str, content: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def commits(self, path: str, content: bytes, message: str = "by hand") -> str:
        self.writes(path, content)
        self.git("add", "--", path)
        self.git("commit", "-q", "--no-gpg-sign", "-m", message, "--", path)
        return self.git("rev-parse", "HEAD")


def repository(folder: Path, *options: str) -> Person:
    folder.mkdir(parents=True, exist_ok=True)
    person = Person(folder.resolve())
    person.git("init", "-q", "-b", "main", *options)
    return person


def init(start: Path, files: Mapping[DocumentPath, bytes] | None = None) -> InitOutcome:
    return GitWorkspaceSetup(("/opt/dispatchd/bin/dispatchd",)).init(
        start, LAID if files is None else files, NOON
    )


def a_commit(
    changes: Mapping[str, bytes | None], subject: str = "ash does something", *events: str, body: str = ""
) -> AuditCommit:
    named = {DocumentPath(path): content for path, content in changes.items()}
    return AuditCommit(author=ASH, subject=subject, body=body, trailers=events, changes=named)


def status(places: RepositoryPlaces) -> str:
    """What git says is uncommitted in the tree."""
    return Person(places.tree).git("status", "--porcelain")


def checksums(folder: Path, *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Every file below *folder*, by the digest of its bytes, mode and times; *but* names what may differ."""
    found: dict[str, str] = {}
    for place, folders, names in os.walk(folder):
        inside = Path(place).relative_to(folder)
        folders[:] = [name for name in folders if str(inside / name) not in but]
        for name in names:
            path = str(inside / name)
            if path not in but:
                seen = (folder / path).lstat()
                # Git freshens the times of its shared index whenever it reads it.
                moment = 0 if path.startswith(".git/sharedindex") else seen.st_mtime_ns
                facts = f"{seen.st_mode} {moment} ".encode()
                content = b"" if (folder / path).is_symlink() else (folder / path).read_bytes()
                found[path] = hashlib.sha256(facts + content).hexdigest()
    return found
