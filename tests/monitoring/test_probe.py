"""A question that is asked once a second at most, however often it is put."""

from __future__ import annotations

import asyncio

import pytest

from app.monitoring.probe import Probe


class Asked:
    """Counts how often it was asked, and answers with the count when it is let to."""

    def __init__(self) -> None:
        self.times = 0
        self.let = asyncio.Event()
        self.let.set()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.times += 1
        times = self.times
        await self.let.wait()
        if self.error is not None:
            raise self.error
        return times


async def test_an_answer_is_good_for_a_second() -> None:
    now, asked = [0.0], Asked()
    probe = Probe(asked, timer=lambda: now[0])

    answers = []
    for now[0] in (0.0, 0.5, 0.999, 1.0, 1.5, 2.0):
        answers.append(await probe.answer())

    assert answers == [1, 1, 1, 2, 2, 3]


async def test_an_error_is_an_answer_too() -> None:
    now, asked = [0.0], Asked()
    probe = Probe(asked, timer=lambda: now[0])
    asked.error = OSError("gone")

    for now[0] in (0.0, 0.5):
        with pytest.raises(OSError, match="gone"):
            await probe.answer()
    assert asked.times == 1

    asked.error, now[0] = None, 1.0
    assert await probe.answer() == 2


async def test_what_does_not_answer_is_not_asked_again_meanwhile() -> None:
    now, asked = [0.0], Asked()
    probe = Probe(asked, timer=lambda: now[0], patience=0)
    asked.let.clear()

    for now[0] in (0.0, 10.0, 20.0):
        with pytest.raises(TimeoutError):
            await probe.answer()
    assert asked.times == 1

    asked.let.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    now[0] = 30.0
    with pytest.raises(TimeoutError):
        await probe.answer()
    assert asked.times == 2


async def test_those_who_ask_together_share_an_answer_though_one_of_them_leaves() -> None:
    asked = Asked()
    probe = Probe(asked)
    asked.let.clear()
    asking = [asyncio.create_task(probe.answer()) for _ in range(3)]
    await asyncio.sleep(0)

    asking[0].cancel()
    await asyncio.sleep(0)
    asked.let.set()

    assert await asyncio.gather(*asking[1:]) == [1, 1]
    assert asking[0].cancelled()
