"""Places for jobs: one, until many wait or one waits long."""

from __future__ import annotations

import asyncio

from monitor.feeds.places import Places


class Jobs:
    """Jobs that stay at work until they are told to end."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.inside = 0
        self.end = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, count: int) -> int:
        """How many are at work when so many more have come."""
        self.tasks += [asyncio.create_task(self._one()) for _ in range(count)]
        for _ in range(10):
            await asyncio.sleep(0)
        return self.inside

    async def go(self) -> None:
        self.end.set()
        await asyncio.gather(*self.tasks)

    async def _one(self) -> None:
        async with self.places:
            self.inside += 1
            await self.end.wait()
            self.inside -= 1


async def test_a_few_jobs_share_one_place_and_a_crowd_opens_more_up_to_the_most() -> None:
    jobs = Jobs(Places(2, crowd=3, wait=60))
    assert await jobs.come(1) == 1
    assert await jobs.come(3) == 1
    assert await jobs.come(1) == 2
    assert await jobs.come(20) == 2
    await jobs.go()
    assert jobs.inside == 0


async def test_one_who_waited_long_opens_another_place() -> None:
    jobs = Jobs(Places(3, wait=0.001))
    await jobs.come(1)
    await jobs.come(5)
    for _ in range(2000):
        if jobs.inside == 3:
            break
        await asyncio.sleep(0.001)
    assert await jobs.come(5) == 3
    await jobs.go()


async def test_who_comes_when_a_place_is_free_waits_for_nothing() -> None:
    jobs = Jobs(Places(2, crowd=0, wait=60))
    assert await jobs.come(1) == 1
    await jobs.go()
    assert await jobs.come(1) == 0
    await jobs.go()


async def test_closed_places_are_one_again() -> None:
    places = Places(2, crowd=0)
    jobs = Jobs(places)
    assert await jobs.come(2) == 2
    await jobs.go()
    places.close()
    later = Jobs(places)
    assert await later.come(1) == 1
    assert await later.come(1) == 2
    await later.go()


async def test_one_that_is_cancelled_while_it_waits_takes_no_place() -> None:
    jobs = Jobs(Places(2, crowd=9, wait=60))
    await jobs.come(2)
    jobs.tasks.pop().cancel()
    assert await jobs.come(1) == 1
    await jobs.go()
    assert jobs.inside == 0
