"""A world whose database is lost and made anew, and the two compared."""

from pathlib import Path
from typing import Any

from dispatchd.adapters.sqlite.backup import copy_database as copy_file
from dispatchd.application.ports.audit_log import AuditCommit, Signature
from dispatchd.application.workspace_facts import facts_of
from tests.application.world import World
from tests.fakes.instant_store import InstantStore


class WithoutMemory(World):
    """A world whose next process to end takes the database with it."""

    forgets = False

    def restart(self, *, power_cut: bool = False) -> None:
        """The process is gone, wherever it was, and what it knew; the next one starts."""
        self.crash(power_cut=power_cut)
        if self.forgets:
            self.forgets = False
            self.store.remove()
            self.store = InstantStore()
            self.session = self.new_session()
        self.start()


def facts(world: World) -> dict[str, Any]:
    """Everything of substance that the world's database holds."""
    return world.store.look(facts_of)


def lose_database(world: World) -> InstantStore:
    """The process is gone and its database too; the next one starts with none. The old one."""
    old = world.store
    world.store = InstantStore()
    world.restart()
    return old


def copy_database(world: World, to: Path) -> Path:
    """A backup of the database as it is now."""
    return copy_file(world.store.folder / "state.db", to)


def roll_back(world: World, copy: Path) -> InstantStore:
    """The process is gone, and its database is an earlier one; nothing runs yet. The newer one."""
    newer = world.store
    world.crash()
    world.store = InstantStore(copy)
    world.session = world.new_session()
    return newer


def rewrite_branch(world: World, by: tuple[str, str], *more: str) -> None:
    """Somebody makes one commit of the whole history, with every event of every message and *more*, and a branch of it."""
    old = world.log.head()
    commits = world.log.commits_between(None, old)
    signature = Signature(name=by[0], email=by[1], at=world.clock.now())
    squashed = AuditCommit(
        author=signature,
        subject="Everything",
        trailers=(*(line for commit in commits for line in commit.events), *more),
        changes={path: world.log.read(old, path) for path in world.log.tree_at(old)},
    )
    world.travel(world.log.elsewhere(squashed, (commits[0].oid,)))


def assert_rebuilt_equal(world: World) -> None:
    """A database made anew says the same as the old one, and nothing is left to do."""
    before = facts(world)
    outside = everything_outside(world)
    old = lose_database(world)
    old.remove()
    found = differences(before, facts(world))
    assert not found, "\n".join(found)
    planned = [each for each in world.pending() if not each.endswith(" waits")]
    assert not planned, f"it plans something: {planned}"
    world.scan()
    world.settle()
    assert everything_outside(world) == outside, "a round after it did something"
    found = differences(before, facts(world))
    assert not found, "after a round: " + "\n".join(found)


def everything_outside(world: World) -> tuple[object, ...]:
    """The branch, and every file with its identity."""
    nodes = {
        path: (stamp.inode, stamp.mtime_ns, world.tree.content(path))
        for path, stamp in world.tree.scan().files.items()
    }
    return [commit.oid for commit in world.commits()], nodes


def differences(before: Any, after: Any, place: str = "") -> list[str]:
    """Where two dumps differ, in words."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for key in before.keys() | after.keys()
            for line in differences(before.get(key), after.get(key), f"{place}.{key}")
        ]
    if isinstance(before, list) and isinstance(after, list):
        lost = [f"{place}: lost {each}" for each in before if each not in after]
        new = [f"{place}: new {each}" for each in after if each not in before]
        return [*lost, *new] or [f"{place}: another order: {before} -> {after}"]
    return [f"{place}: {before!r} -> {after!r}"]
