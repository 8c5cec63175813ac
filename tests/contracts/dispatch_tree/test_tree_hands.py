"""What every DispatchTree can tell of hands on a file."""

from dispatchd.application.ports.dispatch_tree import (
    Hand,
)
from tests.fakes.tree_worlds import LOGIN, OLD, World


def swap_file(*, modified: bool, pid: int = 1, host: str = "elsewhere") -> bytes:
    block = bytearray(4096)
    block[0:2] = b"b0"
    block[24:28] = pid.to_bytes(4, "little")
    block[68 : 68 + len(host)] = host.encode()
    block[1007] = 0x55 if modified else 0
    return bytes(block)


def test_a_file_open_for_writing_has_a_hand_on_it(world: World) -> None:
    world.save(LOGIN, OLD)
    assert world.tree.hand_on(LOGIN) is None
    hand = world.open_for_writing(LOGIN)
    assert world.tree.hand_on(LOGIN) is Hand.OPEN_FOR_WRITING
    hand.close()
    assert world.tree.hand_on(LOGIN) is None


def test_vim_has_a_hand_on_a_file_only_with_unsaved_changes(world: World) -> None:
    world.save(LOGIN, OLD)
    world.save("issues/.login timeout.md.swp", swap_file(modified=False))
    assert world.tree.hand_on(LOGIN) is None
    world.save("issues/.login timeout.md.swo", swap_file(modified=True))
    assert world.tree.hand_on(LOGIN) is Hand.VIM_MODIFIED


def test_emacs_has_a_hand_on_a_file_while_its_lock_stands(world: World) -> None:
    world.save(LOGIN, OLD)
    world.symlink("issues/.#login timeout.md", "alice@elsewhere.4242:1700000000")
    assert world.tree.hand_on(LOGIN) is Hand.EMACS_LOCK
