import gc

import pytest

from dispatchd.application.garbage import searched_later


def fail() -> None:
    assert not gc.isenabled()
    raise KeyError


def test_garbage_is_searched_for_again_afterwards_also_after_a_failure() -> None:
    with pytest.raises(KeyError), searched_later():
        fail()
    assert gc.isenabled()


def test_who_put_it_off_already_goes_on_doing_so() -> None:
    with searched_later():
        with searched_later():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
