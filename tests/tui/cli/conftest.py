import logging
from collections.abc import Callable, Iterator

import pytest
from iec102_tui.cli import cli
from iec102_tui.cli.language import choose
from iec102_tui.cli.run import carry_out
from support.machine_clock import machine_time, simulated_time


@pytest.fixture
def program(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """The command line in this process: exit status, standard output and standard error of some arguments.

    This machine has the time of a simulated meter that stands still, unless it is to have its ``real_clock``.
    """
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]

    def carry(*arguments: str, real_clock: bool = False) -> tuple[int, str, str]:
        with machine_time(None if real_clock else simulated_time(arguments)):
            status = carry_out(cli, arguments)
        return status, *capfd.readouterr()

    yield carry
    choose([], {})  # English again
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
