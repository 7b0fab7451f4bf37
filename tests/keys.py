"""Any keys, in any order, in any pane: `python tests/keys.py --seconds 600 --seed 1`.

Keys are pressed and terminals resized at random, on meters that answer, refuse, are away or sit on a bad line. The
monitor must neither end nor say that it has failed. The first seed that breaks this is printed with its latest keys,
and the exit status is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from unittest.mock import patch

from iec102_tui.app import MonitorApp
from iec102_tui.config import Config, Folders
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import demo
from iec102_tui.profiles.store import ProfileStore

METERS = """
[profiles.bench]
target = "simulated:?seed=3"
password = 1
gateway = "127.0.0.1:0"

[profiles.wrong]
target = "simulated:"
password = 5

[profiles.away]
target = "tcp://127.0.0.1:9"
password = 1

[profiles.bad-line]
target = "simulated:?line=9600-8E1&fault=drop=0.1&fault=corrupt=0.1"
password = 1
"""
SIZES = ((80, 24), (120, 40), (160, 50), (100, 30), (60, 20))
KEYS = (
    *"abcdefghijklmnoprstuvwxyzABCDEFGHIKLMNOPRSTUVWXYZ0123456789",
    *("f1", "f2", "f3", "f4", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("enter", "escape", "space", "delete", "backspace", "ctrl+p", "ctrl+r", "slash", "question_mark"),
    *("plus", "minus", "comma", "equals_sign", "full_stop"),
    *("ctrl+o", "ctrl+g", "ctrl+t", "f9", "greater_than_sign", "less_than_sign", "exclamation_mark"),
)
_LATEST = 20
_RESIZED = 0.03
_PAUSED = 0.1


class Broken(AssertionError):
    """What ended the monitor, and the keys before."""


@contextmanager
def alone() -> Iterator[None]:
    """Whatever is typed, no port of this machine is opened and no name server is asked."""
    with ExitStack() as stack:
        for module in ("find_dialog", "connection_form"):
            stack.enter_context(patch(f"iec102_tui.panes.connection.{module}.serial_ports", return_value=[]))
        stack.enter_context(patch("socket.getaddrinfo", side_effect=socket.gaierror("no name server here")))
        yield


async def play(seed: int, presses: int, folder: Path) -> None:
    """Presses so many keys. Raises Broken."""
    random = Random(seed)
    file = folder / "profiles.toml"
    file.write_text(METERS, encoding="utf-8")
    session = Session()
    config = Config(folders=Folders(exports=folder, captures=folder))
    app = MonitorApp(session, random.choice((None, demo())), config, store=ProfileStore(file))
    done: list[str] = []
    try:
        with alone():
            await _press(app, session, random, presses, done)
    except Exception as error:
        raise Broken(f"seed {seed}, {' '.join(done[-_LATEST:])}: {type(error).__name__}: {error}") from error
    finally:
        session.close()


async def _press(app: MonitorApp, session: Session, random: Random, presses: int, done: list[str]) -> None:
    async with app.run_test(size=random.choice(SIZES[:4])) as pilot:
        for _ in range(presses):
            if random.random() < _RESIZED:
                width, height = random.choice(SIZES)
                done.append(f"{width}x{height}")
                await pilot.resize_terminal(width, height)
            else:
                done.append(random.choice(KEYS))
                await pilot.press(done[-1])
            if random.random() < _PAUSED:
                await pilot.pause(0.05)
            if app.crashed or session.failure:
                raise AssertionError(session.failure or "the monitor has ended")


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--presses", type=int, default=200, help="keys a seed")
    wanted = parser.parse_args()
    began, seed = time.monotonic(), wanted.seed
    while time.monotonic() - began < wanted.seconds:
        with tempfile.TemporaryDirectory() as folder:
            try:
                asyncio.run(play(seed, wanted.presses, Path(folder)))
            except Broken as broken:
                print(broken)
                return 1
        seed += 1
    print(f"{seed - wanted.seed} seeds, {(seed - wanted.seed) * wanted.presses} keys, all held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
