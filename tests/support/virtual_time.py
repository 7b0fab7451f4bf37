"""An event loop whose clock jumps to the next timer when nothing is ready: minutes of dialogue pass in milliseconds.

    def test_silence_ends_in_no_answer() -> None:
        with pytest.raises(NoAnswer):
            run(line.exchange(...))

`loop.time()` starts at 0. Work in an executor and real sockets still work: while a thread is busy the clock stands
still. What a socket or a pty has under way is not waited for as long as there is a timer to jump to, so dialogues in
virtual time run in memory. A program that waits for something that can never come fails at once instead of hanging.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

# Real seconds that a busy thread, or a socket with nothing else left to wait for, is given.
_REAL_WAIT = 120.0


class Deadlock(AssertionError):
    """Everything waits, and no timer is left that could end it."""


class _JumpingSelector(selectors.DefaultSelector):
    """Asks the real selector without waiting; what would have been waiting moves the virtual clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.busy_threads = 0
        self.outside = False

    def select(self, timeout: float | None = None) -> Any:
        at_once = timeout is not None and timeout <= 0
        if at_once and not self.outside:
            return []  # what a thread has handed in is with the loop already
        ready = super().select(0)
        if ready or at_once:
            return ready
        if self.busy_threads or (timeout is None and self.outside):
            ready = super().select(_REAL_WAIT)
            if not ready:
                raise Deadlock(f"a thread or a socket gave nothing for {_REAL_WAIT:g} s")
            return ready
        if timeout is None:
            raise Deadlock("everything waits, and no timer is left")
        self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A selector loop with virtual time."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        # Timers closer together than this run in one turn; the default is that of the machine's clock.
        self._clock_resolution = 1e-9
        self._jumping.outside = False  # what is registered so far is the loop's own wake-up pipe

    def time(self) -> float:
        return self._jumping.now

    def _add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> Any:
        self._jumping.outside = True
        return super()._add_reader(fd, callback, *args)  # type: ignore[misc]

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        self._jumping.busy_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_done)
        return future

    async def shutdown_default_executor(self, *arguments: Any) -> None:
        self._jumping.busy_threads += 1  # a thread waits for the others
        try:
            await super().shutdown_default_executor(*arguments)
        finally:
            self._jumping.busy_threads -= 1

    def _thread_done(self, _future: object) -> None:
        self._jumping.busy_threads -= 1


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end in virtual time and gives its result. What fails in a callback fails the test.

    What a test leaves open, such as a line that it does not close, is ended with the loop. Until then its tasks are
    held, so that the garbage collector, which comes when it likes, does not destroy them in the middle.
    """
    failures: list[BaseException] = []
    results: list[T] = []
    tasks: set[asyncio.Task[Any]] = set()

    def held(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **options)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    async def keep_result() -> None:
        """The runner writes down its task, with all that it gives: a month of records takes longer than reading."""
        results.append(await coroutine)

    def keep(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        failures.append(context.get("exception") or RuntimeError(context["message"]))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.get_loop().set_exception_handler(keep)
        runner.get_loop().set_task_factory(held)
        try:
            runner.run(keep_result())
        except BaseException as error:
            if failures:
                raise failures[0] from error
            raise
    if failures:
        raise failures[0]
    return results[0]
