"""Whoever lets others have the session for a while has it again afterwards, whatever happens in between."""

import asyncio

import pytest

from dispatchd.daemon.engine_room import others_first


async def others_run() -> None:
    """Once round the event loop."""
    round_ = asyncio.Event()
    asyncio.get_running_loop().call_soon(round_.set)
    await round_.wait()


def test_others_have_the_turn_meanwhile_and_it_is_held_again() -> None:
    async def check() -> None:
        turn = asyncio.Lock()
        async with turn:
            async with others_first(turn):
                assert not turn.locked()
                async with turn:
                    pass
            assert turn.locked()
        assert not turn.locked()

    asyncio.run(check())


def test_a_failure_and_a_cancellation_find_the_turn_held() -> None:
    async def fail(turn: asyncio.Lock) -> None:
        async with turn, others_first(turn):
            raise ValueError("wrong")

    async def work(turn: asyncio.Lock, began: asyncio.Event) -> None:
        async with turn, others_first(turn):
            began.set()
            await asyncio.Event().wait()

    async def check() -> None:
        turn, began = asyncio.Lock(), asyncio.Event()
        with pytest.raises(ValueError, match="wrong"):
            await fail(turn)
        working = asyncio.create_task(work(turn, began))
        await began.wait()
        async with turn:
            working.cancel()
            await others_run()
            working.cancel()
            await others_run()
            assert not working.done()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert not turn.locked()

    asyncio.run(check())
