import os
import re

from dispatchd.adapters.system.random_ids import RandomIds
from dispatchd.domain.identifiers import CROCKFORD, EntityKind, encode_id, parse_id


def test_random_bits_fill_the_asked_width_and_no_more() -> None:
    drawn = [RandomIds().random_bits(20) for _ in range(2000)]
    assert all(0 <= bits < 2**20 for bits in drawn)
    union, intersection = 0, 2**20 - 1
    for bits in drawn:
        union |= bits
        intersection &= bits
    assert union == 2**20 - 1, "some bit never came up"
    assert intersection == 0, "some bit always came up"


def test_drawn_bits_make_an_id_that_is_read_back_as_one() -> None:
    made = encode_id(EntityKind.ISSUE, RandomIds().random_bits(20), 4)
    assert parse_id(made) == made


def test_event_ids_are_sixteen_characters_of_the_alphabet_and_do_not_repeat() -> None:
    ids = [RandomIds().event_id() for _ in range(5000)]
    assert len(set(ids)) == 5000
    assert all(re.fullmatch(f"[{CROCKFORD}]{{16}}", event_id) for event_id in ids)


def test_a_forked_process_draws_other_ids_than_its_parent() -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, RandomIds().event_id().encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        theirs = pipe.read().decode()
    os.waitpid(child, 0)
    assert theirs != RandomIds().event_id()
