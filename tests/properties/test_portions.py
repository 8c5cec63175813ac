"""New files taken in one by one, or a thousand in one transaction, come to the same workspace."""

import random

import pytest

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id
from tests.application.world import World

FILES = 24


def id_of(number: int) -> EntityId:
    return encode_id(EntityKind.ISSUE, number * 7919, 4)


def any_file(chance: random.Random, number: int) -> str:
    """A new file: plain, with slips, or one that names others, which come later or never; no two wait for each other."""
    behind = [other for other in range(FILES) if other * 7 % FILES < number * 7 % FILES]
    others = chance.sample(behind, min(len(behind), chance.randrange(3)))
    named = [id_of(other) for other in others] + (["i-zzzz"] if chance.random() < 0.1 else [])
    lines = [
        f"title: Case {number} – größer",
        f"status: {chance.choice(('queued', 'done', 'purple', 'Todo'))}",
        f"priority: {chance.choice(('high', 'hgih', 'low'))}",
        f"labels: [{', '.join(chance.sample(['a', 'b', 'c'], 2))}]",
        f"depends_on: [{', '.join(named)}]",
        f"assignee: {chance.choice(('alice', 'nobody', ''))}",
        "watchers: [ann, ben]",
        "customer: {a: *b}" if chance.random() < 0.1 else "customer: Acme",
    ]
    chance.shuffle(lines)
    head = "\n".join([f"id: {id_of(number)}", *lines[: chance.randrange(len(lines) + 1)]])
    return f"---\n{head}\n---\n\nWhat happens {number}\n"


def taken(seed: int, at_once: int) -> object:
    """What the files, the events and the entities are after all was taken in portions of *at_once*."""
    chance = random.Random(seed)  # noqa: S311 - samples, no secret
    world = World()
    world.session.take_at_once = at_once
    for number in range(FILES):
        world.save(f"issues/{number:02}.md", any_file(chance, number))
    world.settle()
    return world.store.look(lambda work: all_of(work, world))


def all_of(work: UnitOfWork, world: World) -> object:
    known = {record.path: record for record in work.documents.all()}
    return (
        {path: world.read(path) for path in known},
        {path: (each.kind, each.seen == each.current, each.parked) for path, each in known.items()},
        sorted(str(each) for each in work.entities(EntityKind.ISSUE)),
        sorted((each.anchor, each.path, each.what) for each in work.problems.all()),
        sorted(f"{each.event}" for each, _ in work.history.newest(1000)),
        {record.path: work.documents.newest_agreed(record.subject) for record in known.values()},
    )


@pytest.mark.parametrize("seed", range(12))
def test_files_taken_one_by_one_come_to_what_a_portion_does(seed: int) -> None:
    assert taken(seed, 1) == taken(seed, 1000)
