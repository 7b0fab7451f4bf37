"""The loop in virtual time, on which most tests of the library run."""

from __future__ import annotations

import asyncio
import gc

from support.virtual_time import run


def test_what_a_test_leaves_open_is_not_destroyed_in_its_middle() -> None:
    ended: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("with the loop")

    async def leaves_it() -> list[str]:
        asyncio.create_task(waits())  # noqa: RUF006 - nobody holds it
        await asyncio.sleep(1)
        gc.collect()
        return list(ended)

    assert run(leaves_it()) == []
    assert ended == ["with the loop"]
