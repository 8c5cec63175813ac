"""Another user of the machine at the daemon's socket: kept out by the folder, by the socket's mode, and by name."""

import os
import shutil
import stat
import subprocess
from typing import Final

import pytest

from tests.system.desk import Desk

SOMEBODY_ELSE: Final = "65534"
ASK: Final = (
    "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(f'/proc/self/fd/{sys.argv[1]}/control.sock'); "
    's.sendall(b\'{"call": "ping"}\\n\'); print(s.makefile().readline())'
)


def asked_by_another(folder: int) -> str:
    """What the socket in an open *folder* says to somebody else: an open folder leads past all those above it."""
    python = shutil.which("python3", path="/usr/bin:/bin:/usr/local/bin")
    assert python is not None
    words = (
        "setpriv",
        "--reuid",
        SOMEBODY_ELSE,
        "--regid",
        SOMEBODY_ELSE,
        "--clear-groups",
        python,
        "-c",
        ASK,
    )
    done = subprocess.run(
        [*words, str(folder)], pass_fds=(folder,), cwd="/", capture_output=True, check=False, timeout=60
    )
    return (done.stdout + done.stderr).decode()


def test_another_user_is_kept_out_by_the_folder_the_socket_and_by_name(desk: Desk) -> None:
    if os.geteuid() or shutil.which("setpriv") is None:
        pytest.skip("needs setpriv")
    folder = os.open(desk.private, os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert stat.S_IMODE(desk.private.stat().st_mode) == 0o700
        assert "PermissionError" in asked_by_another(folder)
        desk.private.chmod(0o755)
        assert "PermissionError" in asked_by_another(folder)
        (desk.private / "control.sock").chmod(0o666)
        assert "this workspace belongs to another user" in asked_by_another(folder)
    finally:
        os.close(folder)
