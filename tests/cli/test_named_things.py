"""What a name means to a command that wants another kind of thing, and what the letters of an event mean."""

import pytest

from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble


@pytest.fixture
def filled(composition: CompositionDouble) -> CompositionDouble:
    small.fill(composition.root)
    return composition


def test_what_is_of_another_kind_is_said_to_be_that(filled: CompositionDouble, call: Call) -> None:
    assert call("why", "e-3fq9")[2].endswith(
        'e-3fq9 is an epic ("Passwordless login"); this takes an issue\n'
    )
    assert 'p-9xw4 is a proposal ("Use argon2id' in call("issue", "show", "p-9xw4")[2]
    assert "ash is an agent; this takes an issue" in call("why", "ash")[2]


def test_the_letters_that_the_log_shows_name_their_event(filled: CompositionDouble, call: Call) -> None:
    small.happen(filled.root, "starts i-7k2m", 1)
    small.happen(filled.root, "moves i-7k2m", 22)
    letters = call("log")[1].split("\n")[1].split()[2]
    assert call("log", "event00000000022")[1].endswith("  moves i-7k2m\n")
    assert letters in call("log", letters.upper())[1]
    assert 'nothing here is called "event9"' in call("log", "event9")[2]
    assert 'nothing here is called "eve"' in call("log", "eve")[2]
