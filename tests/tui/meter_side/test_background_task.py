"""Work beside the screen that needs a line for itself."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
from iec102.errors import NoAnswer
from iec102_tui.meter_side.background_task import BackgroundTask


def ended(task: BackgroundTask) -> BackgroundTask:
    task.start()
    task.join()
    assert task.over
    return task


def test_work_runs_on_a_thread_and_loop_of_its_own() -> None:
    threads: list[str] = []

    async def work() -> None:
        threads.append(threading.current_thread().name)

    assert ended(BackgroundTask(work)).failure == ""
    assert threads == ["background"]


def test_an_error_of_the_meter_is_its_sentence() -> None:
    async def work() -> None:
        raise NoAnswer("no meter answered")

    assert ended(BackgroundTask(work)).failure == "no meter answered"


def test_a_mistake_of_the_program_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise ZeroDivisionError("secret")

    failure = ended(BackgroundTask(work)).failure
    assert "ZeroDivisionError" in failure
    assert "secret" not in failure
    assert caplog.records[0].levelno == logging.ERROR


def test_stopping_cancels_it_so_that_it_cleans_up() -> None:
    begun = threading.Event()
    cleaned: list[bool] = []

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    task = BackgroundTask(work)
    task.start()
    assert begun.wait(120)
    task.stop()
    task.join()
    task.stop()
    assert (task.over, task.failure, cleaned) == (True, "", [True])


def test_what_is_stopped_before_it_begins_does_nothing() -> None:
    done: list[bool] = []

    async def work() -> None:
        done.append(True)

    task = BackgroundTask(work)
    task.stop()
    assert ended(task).failure == ""
    assert done == []


def test_it_waits_for_what_gives_its_line_back() -> None:
    order: list[str] = []

    class Other:
        def join(self) -> None:
            order.append("given back")

    async def work() -> None:
        order.append("begun")

    ended(BackgroundTask(work, after=[Other()]))
    assert order == ["given back", "begun"]


def test_a_fault_of_the_program_is_told_and_an_error_of_the_meter_is_not() -> None:
    faults: list[str] = []

    async def mistaken() -> None:
        raise ZeroDivisionError("secret")

    async def unanswered() -> None:
        raise NoAnswer("no meter answered")

    async def careless() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 // 0)
        await asyncio.sleep(0)

    for work in (mistaken, unanswered, careless):
        ended(BackgroundTask(work, what="The search", on_fault=faults.append))
    assert len(faults) == 2
    assert all(fault.startswith("The search has failed (ZeroDivisionError): the log ") for fault in faults)


def test_the_end_is_told_also_where_the_work_was_not_begun() -> None:
    told: list[str] = []

    async def work() -> None:
        told.append("begun")

    task = BackgroundTask(work, on_end=lambda: told.append("ended"))
    task.stop()
    ended(task)
    assert told == ["ended"]


def test_what_it_is_asked_before_its_loop_is_there_is_done_then_or_when_it_ends() -> None:
    told: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0)
        told.append("worked")

    task = BackgroundTask(work)
    assert task.call(told.append, "early")
    ended(task)
    assert told == ["early", "worked"]
    assert not task.call(told.append, "late")
