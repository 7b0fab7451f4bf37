"""How a command ends: exit status, one plain sentence on standard error, never a traceback."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Iterator, Sequence
from types import FrameType
from typing import Any, NoReturn, TextIO

import click
from iec102.errors import Iec102Error, InvalidSetting
from iec102.sentence import Sentence, parts_of

from iec102_tui.cli.language import choose, in_language
from iec102_tui.files import descriptors
from iec102_tui.files.descriptors import check_descriptors, is_shortage
from iec102_tui.words.plain_text import printable
from iec102_tui.words.system_text import why
from iec102_tui.words.text import _, spoken

DONE, FAILED, WRONG_USE, FOUND, INTERRUPTED = 0, 1, 2, 3, 130

_NAME = "iec102-tui"

_log = logging.getLogger(__name__)
# What asks the program to end: kill, and the end of the terminal or of the SSH session.
_ENDING = (signal.SIGTERM, signal.SIGHUP)


class OutputClosed(Iec102Error):
    """Results have nowhere to go."""

    def __init__(self) -> None:
        super().__init__(_("standard output is closed: let the results go to a file or to a pipe"))
        self.add_note("")  # the first note names the meter where one is at fault


class _ClosedOutput(io.RawIOBase):
    """Stands in for a standard output that was closed before the program began: Python would write into nothing."""

    def writable(self) -> bool:
        return True

    def write(self, _data: object) -> int:
        raise OutputClosed


class Terminated(BaseException):
    """SIGTERM or a hang-up: the program was asked to end, and ends well."""


def carry_out(command: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Runs a command of the command line and gives its exit status.

    0 done, or ended by SIGTERM or a hang-up; 1 the meter or the line failed; 2 wrong usage; 130 Ctrl+C. A closed pipe
    is silent, a closed standard output is not.
    """
    _occupy_standard_descriptors()
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_ClosedOutput()), "utf-8")
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # closed, or put in its place by a test
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return _status(command, arguments)
    except BrokenPipeError:
        _give_up_output()
        return DONE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Terminated:
        return DONE
    finally:
        for handler in logging.getLogger().handlers:
            handler.flush()


def _status(command: click.Command, arguments: Sequence[str] | None) -> int:
    try:
        with _ends_on_signals():
            status = _invoke(command, list(sys.argv[1:] if arguments is None else arguments))
            if sys.stdout is not None:
                sys.stdout.flush()
        return status
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return WRONG_USE
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = "\n" + _("Try '{command} --help'.", command=context.command_path) if context else ""
        return _say(sentence(error.format_message()) + hint, WRONG_USE)
    except InvalidSetting as error:
        return _say(sentence(error), WRONG_USE)
    except Iec102Error as error:
        if isinstance(error, OutputClosed):
            _give_up_output()
        said = sentence(located(error, *getattr(error, "__notes__", ())[:1]))
        _log.info("%s", said)
        return _say(said, FAILED)
    except (BrokenPipeError, click.Abort):
        raise
    except OSError as error:
        _log.error("the command failed", exc_info=error)
        _give_up_output()
        if is_shortage(error):
            return _say(sentence(_(descriptors.SENTENCE)), FAILED)
        where = error.filename or _("the output cannot be written")
        return _say(sentence(f"{where}: {why(error)}"), FAILED)
    except Exception as error:
        _log.critical("the program failed", exc_info=error)
        from iec102_tui.diagnostics import log_path

        return _say(
            _("The program failed ({kind}); {log} says where.", kind=type(error).__name__, log=log_path()), FAILED
        )


def _invoke(command: click.Command, arguments: list[str]) -> int:
    """What click's own `main` does, which ends a closed pipe and Ctrl+C in other ways."""
    choose(arguments)
    command = in_language(command)
    if instruction := os.environ.get("_IEC102_TUI_COMPLETE"):
        from iec102_tui.cli.completion.shells import complete

        return complete(command, _NAME, instruction)
    with command.make_context(_NAME, arguments) as context:
        status = command.invoke(context)
    return status if isinstance(status, int) else DONE


def check_output() -> None:
    """Raises OutputClosed, before a meter is asked for what nobody would see."""
    if isinstance(getattr(getattr(sys.stdout, "buffer", None), "raw", None), _ClosedOutput):
        raise OutputClosed


def run_async(coroutine: Coroutine[Any, Any, None], where: str = "") -> None:
    """Runs a coroutine. Ctrl+C, SIGTERM and a hang-up cancel it, so that it cleans up, and then end the command.

    ``where`` names the meter in the sentence about an error.
    """
    import asyncio  # takes longer to load than all that `--help` and `--version` need

    asked_to_end = False

    async def governed() -> None:
        task = asyncio.current_task()
        assert task is not None

        def end() -> None:
            nonlocal asked_to_end
            asked_to_end = True
            task.cancel()

        for number in _ending():
            asyncio.get_running_loop().add_signal_handler(number, end)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        await coroutine

    # A loop that is being made takes no interruption well: signals wait until it can handle them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (*_ENDING, signal.SIGINT))
    try:
        check_descriptors()
        with asyncio.Runner() as runner:
            runner.get_loop()  # where none can be made, no coroutine has been made either
            runner.run(governed())
    except Iec102Error as error:
        error.add_note(where)
        raise
    except asyncio.CancelledError:
        if asked_to_end:
            raise Terminated from None
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        coroutine.close()  # where no loop could be made it was never begun


def located(error: object, where: str = "") -> str:
    """An error's text with the meter or the line that it is about, unless one of its fields names that."""
    place = where.partition("?")[0].rstrip(":")
    values = (part for part in parts_of(error) if isinstance(part, str) and not isinstance(part, Sentence))
    said = spoken(error)
    return said if not place or any(place in value for value in values) else f"{where.rstrip(':')}: {said}"


def sentence(text: object) -> str:
    """An error's text as a sentence: a capital in front of a plain word, a full stop at the end, on one line."""
    words = printable(" ".join(spoken(text).split()))
    if not words.endswith((".", "?", "!")):
        words += "."
    return words[:1].upper() + words[1:] if words.partition(" ")[0].rstrip(",").isalpha() else words


@contextlib.contextmanager
def _ends_on_signals() -> Iterator[None]:
    """SIGTERM and a hang-up end also a command that has no event loop."""
    before = {number: signal.signal(number, _end) for number in _ending()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ending() -> list[signal.Signals]:
    """Without those that are to be ignored, such as the hang-up under nohup."""
    return [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def _say(text: str, status: int) -> int:
    click.echo(text, err=True)
    return status


def _occupy_standard_descriptors() -> None:
    """What is opened next must not become standard output or error, where others would write into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def _give_up_output() -> None:
    """Nobody can read any more: what is still buffered must not raise again when the interpreter ends."""
    stream: TextIO | None
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            with contextlib.suppress(OSError, ValueError):  # no file behind it
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        except OutputClosed:
            sys.stdout = None
