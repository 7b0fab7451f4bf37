"""However the monitor ends, the terminal is the user's again, and the meter's session is over."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.program import Terminal, on_terminal, simulated_meter
from support.relay import Relay

COLUMNS, ROWS = 80, 24
END_OF_SESSION = bytes.fromhex("bb 00 06 01 00 00")
# Modes that the monitor may have set, each with the sequence that must come last for it.
LEFT_CLEAN = {
    "alternate screen": (rb"\x1b\[\?1049([hl])", b"l"),
    "mouse": (rb"\x1b\[\?1000([hl])", b"l"),
    "mouse movements": (rb"\x1b\[\?1003([hl])", b"l"),
    "bracketed paste": (rb"\x1b\[\?2004([hl])", b"l"),
    "cursor": (rb"\x1b\[\?25([hl])", b"h"),
}


def keys(text: bytes) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.type(text)


def signalled(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda terminal: os.kill(terminal.pid, number)


ENDINGS = {
    "q": keys(b"q"),
    "ctrl+q": keys(b"\x11"),
    "SIGTERM": signalled(signal.SIGTERM),
    "SIGHUP": signalled(signal.SIGHUP),
}


@pytest.fixture
def relay() -> Iterator[Relay]:
    with simulated_meter("--tcp", "127.0.0.1:0") as url, Relay(url) as relay:
        yield relay


@pytest.fixture
def terminal(relay: Relay, tmp_path: Path) -> Iterator[Terminal]:
    with on_terminal("--profile", relay.url, columns=COLUMNS, rows=ROWS, HOME=str(tmp_path)) as terminal:
        terminal.wait_for("connected")
        yield terminal


def assert_left_clean(terminal: Terminal) -> None:
    for mode, (sequence, last) in LEFT_CLEAN.items():
        assert re.findall(sequence, terminal.drawn)[-1:] in ([], [last]), mode


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_monitor_ends_its_session_and_leaves_the_terminal_clean(
    relay: Relay, terminal: Terminal, ending: str
) -> None:
    ENDINGS[ending](terminal)
    assert terminal.end() == 0
    assert_left_clean(terminal)
    assert END_OF_SESSION in relay.asked


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_monitor_on_a_terminal_that_has_stopped_reading(
    relay: Relay, terminal: Terminal, number: signal.Signals
) -> None:
    block(terminal)
    os.kill(terminal.pid, number)
    assert waited(terminal, 120) == 0
    assert END_OF_SESSION in relay.asked


def block(terminal: Terminal) -> None:
    """Makes the program draw more than its unread terminal takes, until it does nothing any more."""
    terminal.type(b"23" * 6 + b"f" * 80)  # whole panes to fill the terminal, small changes to fill Textual's queue
    before, now = 0.0, terminal.cpu_seconds()
    while now - before > 0.01:
        time.sleep(0.3)
        before, now = now, terminal.cpu_seconds()


def waited(terminal: Terminal, seconds: float) -> int | None:
    """The exit status of the program, with its terminal left unread."""
    deadline = time.monotonic() + seconds
    while terminal.status is None and time.monotonic() < deadline:
        terminal.poll()
        time.sleep(0.05)
    return terminal.status


def test_the_monitor_ends_its_session_when_its_terminal_is_gone(relay: Relay, terminal: Terminal) -> None:
    terminal.hang_up()
    assert terminal.end() == 0
    assert END_OF_SESSION in relay.asked
