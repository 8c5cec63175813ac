import os
import subprocess
import sys
from dataclasses import replace

import pytest

from dispatchd.adapters.system.process_identity import boot_id, identify, identify_self, is_ending, is_running

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


def test_a_process_knows_itself_and_is_running() -> None:
    own = identify_self()
    assert own.pid == os.getpid()
    assert is_running(own)


@linux_only
def test_097_a_pid_that_was_given_out_again_is_another_process() -> None:
    own = identify_self()
    assert not is_running(replace(own, started=str(int(own.started) - 1)))
    assert not is_running(replace(own, boot_id="another start of the machine"))


@linux_only
def test_the_identity_stays_the_same_while_the_process_lives() -> None:
    assert identify(os.getpid()) == identify(os.getpid())
    assert boot_id() == boot_id() != ""


def test_a_process_that_ended_is_not_running_even_before_its_parent_has_looked() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = identify(child.pid)
    assert identity is not None
    assert is_running(identity)
    assert not is_ending(identity)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not is_running(identity), "a zombie does nothing"
    assert is_ending(identity) == (sys.platform == "linux")
    assert not is_ending(replace(identity, started="1")), "another process of that pid"
    child.communicate()
    assert not is_ending(identity)
    assert not is_running(identity)


@linux_only
def test_a_name_with_spaces_and_parentheses_does_not_shift_the_start_time() -> None:
    program = "open('/proc/self/comm', 'w').write(') R 1 (x'); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        identity = identify(child.pid)
        assert identity is not None
        assert identity.started.isdigit()
        assert int(identity.started) >= int(identify_self().started)
        child.communicate(b"\n")
