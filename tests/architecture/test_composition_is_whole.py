"""The package that puts the program together loads each function when it is asked for, and has all that it names."""

import dispatchd.composition
from dispatchd.composition import __all__ as names


def test_all_that_it_names_is_there() -> None:
    for name in names:
        found = getattr(dispatchd.composition, name)
        assert callable(found), name
        assert found.__name__ == name


def test_what_it_does_not_name_is_missing() -> None:
    assert not hasattr(dispatchd.composition, "no_such_function")
