"""Fetches and pushes the branch: without questions, within a time limit, and with git's failures put in words.

What was last shared is kept as a reference of our own, since the remote-tracking one is everybody's to move.
"""

import re
from typing import Final

from dispatchd.adapters.git.git_state import branch_head
from dispatchd.adapters.git.ledger import LET_GO
from dispatchd.adapters.git.runner import GitAnswer, GitFailedError, GitRunner
from dispatchd.adapters.processes.runner import ENDLESS
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.branch_names import BRANCH, BRANCH_REF
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.application.ports.shared_branch import SharedBranch, ShareFailed, Trouble

LIMIT_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 10
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*")
_QUIET: Final = ("credential.interactive=false", "credential.guiPrompt=false", "push.gpgSign=false")
_ABSENT: Final = "couldn't find remote ref"
_OVERTAKEN: Final = ("[rejected]", "stale info", "cannot lock ref", "failed to update ref")
_RACED: Final = re.compile(
    r"cannot lock ref .*(is at [0-9a-f]+ but expected|reference already exists|\.lock': file exists)"
    r"|incorrect old value provided"
)
"""What a remote says that two pushed to at once: it calls that a rejection too, and has nothing against either."""
_DECLINED: Final = ("[remote rejected]", "hook declined", "protected branch", "not allowed", "denied to")
_NOT_LET_IN: Final = (
    "authentication failed",
    "permission denied",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "host key verification failed",
    "invalid username or password",
    "access denied",
    "error: 401",
    "error: 403",
)
_NO_REMOTE: Final = (
    "does not appear to be a git repository",
    "repository not found",
    "no such remote",
    "not found",
    "does not exist",
)
_UNREACHABLE: Final = (
    "could not resolve",
    "unable to access",
    "connection refused",
    "connection timed out",
    "network is unreachable",
    "no route to host",
    "was stopped after",
    "connection reset",
    "could not read from remote repository",
    "the remote end hung up",
)


class GitSharedBranch:
    """The branch of the workspace at *places*, as its remotes have it."""

    def __init__(self, places: RepositoryPlaces) -> None:
        self._common_dir = places.common_dir
        self._runner = GitRunner(places.common_dir, folder=places.main_worktree)

    def fetch(self, remote: str) -> CommitId | None:
        """Where the branch stands at *remote*."""
        self._refuse_unknown(remote)
        tracking = f"refs/remotes/{remote}/{BRANCH}"
        options = ("--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--quiet")
        answer = self._over_the_wire("fetch", *options, "--", remote, f"+{BRANCH_REF}:{tracking}")
        if answer.exit_code == 0:
            return self._resolve(tracking)
        if _ABSENT in answer.stderr:
            return None
        raise self._failed(remote, "fetch", answer)

    def push(self, remote: str, commit: CommitId, *, over: CommitId | None = None) -> None:
        """Put the branch at *remote* to *commit*."""
        self._refuse_unknown(remote)
        lease = () if over is None else (f"--force-with-lease={BRANCH_REF}:{over}",)
        answer = self._over_the_wire(
            "push", "--porcelain", "--no-verify", *lease, "--", remote, f"{commit}:{BRANCH_REF}"
        )
        if answer.exit_code:
            raise self._failed(remote, "push", answer)

    def agreed(self, remote: str) -> CommitId | None:
        """The last commit shared with *remote*."""
        return self._resolve(_agreed_ref(remote))

    def agree(self, remote: str, commit: CommitId) -> None:
        """Remember what is shared with *remote*."""
        if self.agreed(remote) != commit:
            self._runner.feed("update-ref", _agreed_ref(remote), commit, stdin=b"")

    def let_go(self, commit: CommitId, name: str) -> str:
        """Keep *commit* where git collects no garbage, and where it counts for nothing."""
        ref = f"{LET_GO}{name}"
        self._runner.feed("update-ref", ref, commit, stdin=b"")
        return ref

    def _refuse_unknown(self, remote: str) -> None:
        """Settings may come from a commit, and git would run a program for some addresses: only a remote that somebody
        entered here by its name is used.
        """
        known = _NAME.fullmatch(remote) and self._runner.feed(
            "config", "--get", f"remote.{remote}.url", stdin=b"", accept=(0, 1)
        )
        if not known or known.exit_code:
            raise ShareFailed(
                Trouble.NO_REMOTE,
                f'"{remote}", which config.toml shares with, is no remote of this repository; '
                f"add it (git remote add {remote if _NAME.fullmatch(remote) else 'origin'} ADDRESS), or name another one",
            )

    def _resolve(self, ref: str) -> CommitId | None:
        answer = self._runner.feed(
            "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", stdin=b"", accept=(0, 1, 128)
        )
        return CommitId(answer.line) if answer.exit_code == 0 else None

    def _over_the_wire(self, verb: str, *arguments: str) -> GitAnswer:
        try:
            return self._runner.feed(
                verb,
                *arguments,
                stdin=b"",
                settings=_QUIET,
                variables=self._silent(),
                accept=range(256),
                limit=LIMIT_SECONDS,
                rest=ENDLESS,
            )
        except GitFailedError as error:
            return GitAnswer(exit_code=-1, stdout=b"", stderr=str(error))

    def _silent(self) -> dict[str, str]:
        """Variables by which git and ssh ask nobody anything, and give up where nobody answers."""
        chosen = self._runner.feed("config", "--get", "core.sshCommand", stdin=b"", accept=(0, 1)).line
        ssh = f"{chosen or 'ssh'} -o BatchMode=yes -o ConnectTimeout={CONNECT_SECONDS}"
        return {"GIT_SSH_COMMAND": ssh, "GIT_ASKPASS": "", "SSH_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never"}

    def _failed(self, remote: str, verb: str, answer: GitAnswer) -> ShareFailed:
        said = "\n".join((answer.stdout.decode("utf-8", "replace"), answer.stderr))
        trouble = _trouble_in(said.lower(), verb)
        if trouble is Trouble.OVERTAKEN and self._runs_out_here(said):
            trouble = Trouble.BROKEN
        return ShareFailed(trouble, _words(trouble, remote, verb, _reason(said)))

    def _runs_out_here(self, said: str) -> bool:
        return branch_head(self._common_dir) is None or "No space left" in said


def _agreed_ref(remote: str) -> str:
    return f"refs/dispatchd/shared/{remote}"


def _trouble_in(said: str, verb: str) -> Trouble:
    if "no space left" in said:
        return Trouble.BROKEN
    if verb == "push":
        if _RACED.search(said):
            return Trouble.OVERTAKEN
        if any(words in said for words in _DECLINED):
            return Trouble.DECLINED
        if any(words in said for words in _OVERTAKEN):
            return Trouble.OVERTAKEN
    for trouble, signs in (
        (Trouble.NOT_LET_IN, _NOT_LET_IN),
        (Trouble.NO_REMOTE, _NO_REMOTE),
        (Trouble.UNREACHABLE, _UNREACHABLE),
    ):
        if any(sign in said for sign in signs):
            return trouble
    return Trouble.BROKEN


def _reason(said: str) -> str:
    """What git or the remote gave as its reason, as one line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    signs = ("remote:", "fatal:", "error:", "ssh:", "!")
    telling = [
        line for sign in signs for line in lines if line.startswith(sign) and len(line) > len(sign) + 1
    ]
    chosen = (telling or lines or ["it gave no reason"])[0]
    for opening in ("fatal: ", "error: ", "remote: ", "!\t"):
        chosen = chosen.removeprefix(opening)
    return " ".join(chosen.split()).rstrip(".")


def _words(trouble: Trouble, remote: str, verb: str, reason: str) -> str:
    by_hand = f"git {verb} {remote} {BRANCH}"
    match trouble:
        case Trouble.UNREACHABLE:
            return f"{remote} cannot be reached ({reason}); it is tried again, and nothing is lost"
        case Trouble.NOT_LET_IN:
            return f"{remote} does not let this clone in ({reason}); log in once by hand: {by_hand}"
        case Trouble.NO_REMOTE:
            return f"there is no repository at {remote} ({reason}); see: git remote -v"
        case Trouble.DECLINED:
            return (
                f"{remote} does not take the branch {BRANCH} ({reason}); let this clone push to it, "
                f"then: dispatchd share now"
            )
        case Trouble.OVERTAKEN:
            return f"somebody pushed to {remote} at the same moment; it is fetched and tried again"
        case _:
            return f"git could not {verb} ({reason}); `{by_hand}` shows more"


_port: type[SharedBranch] = GitSharedBranch
