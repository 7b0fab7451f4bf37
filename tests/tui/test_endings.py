"""However the monitor ends, the terminal is the user's again, and the meter's session is over."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
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


def shown(terminal: Terminal) -> str:
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    stream.feed(drawn(terminal))
    return "\n".join(screen.display)


def drawn(terminal: Terminal) -> bytes:
    return b"".join(data for _, data in terminal.chunks)


def wait_for(terminal: Terminal, text: str) -> None:
    """Reads what is drawn until the screen shows this."""
    for _ in range(200):
        terminal.read(0.05)
        if text in shown(terminal):
            return
    pytest.fail(f"{text!r} was not shown within 10 s:\n{shown(terminal)}")


@pytest.fixture
def relay() -> Iterator[Relay]:
    with simulated_meter("--tcp", "127.0.0.1:0") as url, Relay(url) as relay:
        yield relay


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_monitor_ends_its_session_and_leaves_the_terminal_clean(relay: Relay, ending: str, tmp_path: Path) -> None:
    with on_terminal("--profile", relay.url, columns=COLUMNS, rows=ROWS, HOME=str(tmp_path)) as terminal:
        wait_for(terminal, "connected")
        ENDINGS[ending](terminal)
        assert terminal.end(10) == 0
    for mode, (sequence, last) in LEFT_CLEAN.items():
        assert re.findall(sequence, drawn(terminal))[-1:] in ([], [last]), mode
    assert END_OF_SESSION in relay.asked
