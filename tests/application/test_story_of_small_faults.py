"""Files that nobody can write, that are too large to grow, and times that would make deletions of saves."""

import pytest

from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.application.requests.request import Verb
from dispatchd.application.settling import SHORTEST_GONE, SettleTimes
from dispatchd.application.unwritten import waiting_answers
from dispatchd.documents.config_document import read_config
from tests.application.world import World
from tests.fakes.instant_store import run

A = "issues/a.md"


def test_081_who_waits_is_told_of_the_second_name_and_not_of_a_hand(world: World) -> None:
    world.save(A, "---\nid: i-7k2m\ntitle: A thing\n---\n\nFirst line\n")
    world.settle()
    world.tree.hard_link(A, "issues/_other.md")
    world.ask(Verb.SET, id="i-7k2m", changes=("priority=critical",))
    world.advance(5.0)
    waits = run(waiting_answers(world.session))
    assert waits["held"] == []
    assert "several hard links" in waits["unwritten"][A]
    world.tree.delete("issues/_other.md")
    world.settle()
    assert run(waiting_answers(world.session)) == {"held": [], "unwritten": {}}


@pytest.mark.parametrize("left", [0, 200])
def test_063_a_new_file_that_its_facts_would_push_over_the_limit_is_left_as_it_is(
    world: World, left: int
) -> None:
    content = b"x" * (LARGEST_FILE - left - 1) + b"\n"
    world.save(A, content)
    world.settle()
    assert world.tree.content(A) == content
    assert not world.happened("IssueOpened")
    assert ["close to 1 MiB" in problem.what for problem in world.problems()] == [True]
    (path,) = world.paths("inbox/")
    assert A in world.read(path)
    world.save(A, "A short text\n")
    world.settle()
    assert world.at(A).title == "a"
    assert world.problems() == []
    assert world.paths("inbox/") == []


def test_026_no_setting_makes_a_deletion_of_the_gap_in_an_editors_save() -> None:
    config = read_config('[sync]\nvanish_after = "1ms"\n').config
    assert config is not None
    assert SettleTimes.of(config.sync).gone == SHORTEST_GONE >= 0.25
