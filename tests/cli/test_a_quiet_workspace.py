"""What is said where nothing waits: a lesson to who is new, one line to everybody else."""

from dataclasses import replace

from dispatchd.domain.identifiers import EntityId
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble


def test_a_workspace_that_is_quiet_and_not_new_is_told_in_one_line(
    composition: CompositionDouble, call: Call
) -> None:
    done = tuple(replace(small.FORM, id=EntityId(f"i-{letter * 4}")) for letter in "abcde")
    small.fill(composition.root, done[:4])
    assert "Drop a file" in call("status")[1]
    small.fill(composition.root, done)
    _, out, _ = call("status")
    assert out.splitlines()[1:] == ["", "Nothing waits for you, and nothing runs."]
