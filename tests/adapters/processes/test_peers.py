"""Who connected, by the kernel's word; who is gone is nobody any more, whoever has the connection."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.processes.peers import agent_at, is_agent_at, is_near_at, run_at, user_at
from dispatchd.adapters.processes.process_kin import UNSEEN

LEAVES = """
import os, socket, sys
there = socket.socket(socket.AF_UNIX)
there.connect(sys.argv[1])
if os.fork():
    os._exit(0)
sys.stdin.read()
"""


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "a.sock"))
        made.listen()
        yield made


def test_a_person_who_connects_is_this_user_and_no_agent(listener: socket.socket, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(listener.getsockname())
        connection, _ = listener.accept()
        with connection:
            assert user_at(connection) == os.getuid()
            assert is_near_at(connection)
            assert agent_at(tmp_path, connection) is None
            assert not is_agent_at(connection)
            assert run_at(tmp_path, connection) is None


def test_100_who_left_the_connection_to_another_is_not_taken_for_whoever_has_its_pid_now(
    listener: socket.socket, tmp_path: Path
) -> None:
    line = [sys.executable, "-I", "-S", "-c", LEAVES, listener.getsockname()]
    with subprocess.Popen(line, stdin=subprocess.PIPE) as caller:
        connection, _ = listener.accept()
        with connection:
            # `wait` reaps it: from now on its pid may be given to anybody.
            assert os.waitpid(caller.pid, 0)[0] == caller.pid
            assert agent_at(tmp_path, connection) == UNSEEN
            assert is_agent_at(connection)
            assert run_at(tmp_path, connection) is None
        caller.returncode = 0
