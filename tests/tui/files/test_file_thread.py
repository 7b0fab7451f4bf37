"""The thread of the files does its work in order, ends when closed, and keeps nothing of what it has done."""

import threading
import weakref

import pytest
from iec102_tui.files.file_thread import FileThread
from support.waiting import until

NAME = "files of a test"


def of_test() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == NAME]


@pytest.mark.asyncio
async def test_closing_waits_for_what_was_given_and_ends_the_thread() -> None:
    files = FileThread(NAME)
    assert await files.run(lambda: 1) == 1
    assert of_test()
    done: list[int] = []
    files._give(lambda: done.append(2))
    files.close()
    assert done == [2]
    files.close()
    until(lambda: not of_test())


@pytest.mark.asyncio
async def test_work_that_comes_after_closing_is_done() -> None:
    files = FileThread(NAME)
    await files.run(lambda: None)
    files.close()
    assert await files.run(lambda: 3) == 3
    files.close()


@pytest.mark.asyncio
async def test_what_work_knows_of_is_let_go_once_it_is_done() -> None:
    class Owner:
        def work(self) -> None:
            pass

    files, owner = FileThread(NAME), Owner()
    known = weakref.ref(owner)
    await files.run(owner.work)
    del owner
    until(lambda: known() is None)
    files.close()
