"""An operating system that fails, or a power cut that ends the program, at a chosen call."""

import contextlib
import os
from collections.abc import Callable, Iterator
from unittest import mock

CALLS = ("open", "write", "fsync", "replace", "mkdir", "unlink", "chmod", "fchown", "link")
"""The calls that change a file or a folder, or make one durable."""


@contextlib.contextmanager
def each_call(
    before: Callable[[int, str], None], after: Callable[[int, str], None] | None = None
) -> Iterator[list[str]]:
    """Inside, ``before`` and ``after`` are told of every call with its number; gives the names of the calls so far."""
    made: list[str] = []

    def watched(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*arguments: object, **options: object) -> object:
            number = len(made)
            made.append(name)
            before(number, name)
            try:
                return real(*arguments, **options)
            finally:
                if after:
                    after(number, name)

        return call

    with contextlib.ExitStack() as stack:
        for name in CALLS:
            stack.enter_context(mock.patch.object(os, name, watched(name)))
        yield made


def calls_of(action: Callable[[], object]) -> list[str]:
    """The names of the calls that an action makes when nothing fails."""
    with each_call(lambda number, name: None) as made:
        action()
    return list(made)


def failing_at(failing: int, error: int) -> contextlib.AbstractContextManager[list[str]]:
    """Inside, the call of this number fails with this errno; the others work."""

    def before(number: int, name: str) -> None:
        if number == failing:
            raise OSError(error, os.strerror(error))

    return each_call(before)


def killed_at(last: int, action: Callable[[], object], *, done: bool) -> None:
    """Runs an action in a process that ends without any cleaning up at a call: before it, or when it is ``done``."""

    def end(number: int, name: str) -> None:
        if number == last:
            os._exit(9)

    child = os.fork()
    if child == 0:
        try:
            with each_call(*((lambda number, name: None, end) if done else (end, None))):
                action()
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 9, "the action did not come that far"
