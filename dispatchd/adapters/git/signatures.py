"""Who signed a commit, as far as the person at this machine trusts the key.

Keys and the programs that check them come from that person's own git configuration, or the system's. The repository's
configuration and the tree travel with what they would vouch for, so neither is believed in this.

An SSH key counts where the allowed-signers file names whose it is. An OpenPGP key stands in no such file, and anybody
may write any address into their own; it counts only where it is trusted ultimately, as one's own keys are.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import CommitId

_TRUSTED_SCOPES: Final = ("system", "global")
_GOOD: Final = "G"
_SSH_KEY: Final = "SHA256:"
_PATTERN: Final = frozenset("*?!,")
_FORMAT: Final = "--format=%G?%x00%GT%x00%GF%x00%GS"
_ALLOWED: Final = "gpg.ssh.allowedsignersfile"
_REVOKED: Final = "gpg.ssh.revocationfile"
_NOTHING: Final = "/dev/null"
_REST: Final = 60.0
"""Seconds: a person's gpg may have been told to fetch keys from another machine."""


def signer_of(runner: GitRunner, commit: CommitId, distrusted: Sequence[Path]) -> str | None:
    """The e-mail of the signer of *commit*; None where git does not find the signature good and its key trusted.

    A file of allowed signers below one of *distrusted* counts as none.
    """
    settings = _settings(_own_configuration(runner), distrusted)
    answer = runner.feed(
        "log",
        "-1",
        "--no-color",
        "--no-show-signature",
        _FORMAT,
        commit,
        "--",
        stdin=b"",
        settings=settings,
        rest=_REST,
    )
    status, trust, key, signer = answer.line.split("\0", 3)
    enough = "fully" if key.startswith(_SSH_KEY) else "ultimate"
    return _address(signer) if status == _GOOD and trust == enough else None


def _own_configuration(runner: GitRunner) -> dict[str, str]:
    """What the system's and the person's own configuration say about signatures; the person's counts."""
    answer = runner.feed("config", "-z", "--show-scope", "--get-regexp", r"^gpg\.", stdin=b"", accept=(0, 1))
    fields = os.fsdecode(answer.stdout).split("\0")
    found: dict[str, str] = {}
    for wanted in _TRUSTED_SCOPES:
        for scope, entry in zip(fields[::2], fields[1::2], strict=False):
            key, _, value = entry.partition("\n")
            if scope == wanted:
                found[key.lower()] = value
    return found


def _settings(own: dict[str, str], distrusted: Sequence[Path]) -> tuple[str, ...]:
    """The settings to check by: each is given, so that no configuration of the repository can."""
    openpgp = own.get("gpg.openpgp.program") or own.get("gpg.program") or "gpg"
    return (
        f"gpg.ssh.allowedSignersFile={_believed(own.get(_ALLOWED, ''), distrusted)}",
        f"gpg.ssh.revocationFile={_expanded(own.get(_REVOKED, '')) or _NOTHING}",
        f"gpg.ssh.program={own.get('gpg.ssh.program') or 'ssh-keygen'}",
        f"gpg.program={openpgp}",
        f"gpg.openpgp.program={openpgp}",
        "gpg.x509.program=false",
        "gpg.minTrustLevel=undefined",
    )


def _believed(written: str, distrusted: Sequence[Path]) -> Path | str:
    path = _expanded(written)
    if path is None:
        return _NOTHING
    real = path.resolve()
    return _NOTHING if any(real.is_relative_to(place.resolve()) for place in distrusted) else real


def _expanded(written: str) -> Path | None:
    """The file named by a setting; None for none, and for a name that would depend on where git is run."""
    if not written:
        return None
    try:
        path = Path(written).expanduser()
    except RuntimeError:
        return None  # `~name` of nobody
    return path if path.is_absolute() else None


def _address(signer: str) -> str | None:
    """The one address that *signer* names: a principal as it is, a GPG user id by what stands in its brackets."""
    _, bracket, rest = signer.rpartition("<")
    address = rest.partition(">")[0] if bracket else signer
    address = address.strip()
    is_one = "@" in address and not _PATTERN & set(address) and not any(map(str.isspace, address))
    return address if is_one else None
