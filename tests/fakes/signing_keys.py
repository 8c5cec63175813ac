"""SSH keys to sign with, and a git configuration of a person who trusts some of them."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest


def new_key(folder: Path, name: str = "alice") -> Path:
    """A new private key; its public half stands beside it."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("needs ssh-keygen (openssh-client)")
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return key


def allowed(file: Path, keys: Mapping[str, Path]) -> Path:
    """A file of allowed signers: each address, or pattern, with its key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{who} {key.with_suffix('.pub').read_text(encoding='utf-8')}" for who, key in keys.items()]
    file.write_text("".join(lines), encoding="utf-8")
    return file


def trusting(key: Path, keys: Mapping[str, Path], *, signers: Path | None = None) -> Path:
    """A git configuration that signs with *key* and trusts *keys*, on top of the one of every test."""
    file = signers or allowed(key.parent / "allowed_signers", keys)
    written = key.parent / "gitconfig"
    written.write_text(
        f"[include]\n\tpath = {Path.home()}/.gitconfig\n"
        f"[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = {key}\n"
        f'[gpg "ssh"]\n\tallowedSignersFile = {file}\n',
        encoding="utf-8",
    )
    return written
