"""How a command ends: exit status, one plain sentence on standard error, never a traceback."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import click
from iec102.errors import Iec102Error, InvalidSetting

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130

_log = logging.getLogger(__name__)


class Terminated(Exception):
    """SIGTERM: the program was asked to end, and ends well."""


def carry_out(command: click.Command) -> int:
    """Runs a command of the command line and gives its exit status.

    0 done, or ended by SIGTERM; 1 the meter or the line failed; 2 wrong usage; 130 Ctrl+C. A closed pipe is silent.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        status = command.main(standalone_mode=False, prog_name="iec102-tui")
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return WRONG_USE
    except click.ClickException as error:
        return _wrong_use(error)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Terminated:
        return 0
    except BrokenPipeError:
        # Nobody reads any more: what is still buffered must not raise when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except InvalidSetting as error:
        return _say(error, WRONG_USE)
    except Iec102Error as error:
        return _say(error, FAILED)
    except OSError as error:
        _log.error("the command failed", exc_info=error)
        return _say(error.strerror or error, FAILED)
    except Exception as error:
        # The traceback may hold secrets on its way through locals, so only its places go to the log.
        _log.error("the program failed: %s", type(error).__name__, exc_info=error)
        from iec102_tui.diagnostics import log_path

        return _say(f"The program failed ({type(error).__name__}): its log {log_path()} says where", FAILED)


def run_async(coroutine: Coroutine[Any, Any, None]) -> None:
    """Runs a coroutine; SIGTERM cancels it, so that it cleans up, and then raises Terminated."""
    terminated = False

    async def governed() -> None:
        nonlocal terminated
        task = asyncio.current_task()
        assert task is not None

        def terminate() -> None:
            nonlocal terminated
            terminated = True
            task.cancel()

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)
        await coroutine

    try:
        asyncio.run(governed())
    except asyncio.CancelledError:
        if terminated:
            raise Terminated from None
        raise


def sentence(text: object) -> str:
    """An error's text as a sentence: a capital in front of a plain word, a full stop at the end, on one line."""
    words = " ".join(str(text).split())
    if not words.endswith((".", "?", "!")):
        words += "."
    return words[:1].upper() + words[1:] if words.partition(" ")[0].isalpha() else words


def _say(error: object, status: int) -> int:
    click.echo(sentence(error), err=True)
    return status


def _wrong_use(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(f"Try '{context.command_path} --help'.", err=True)
    return _say(error.format_message(), WRONG_USE)
