"""The serial ports of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from iec102.transport.uucp_lock import holder

from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

_BY_ID = Path("/dev/serial/by-id")


class SerialPort(NamedTuple):
    """``path`` is what a profile holds, the name that stays when cables are moved where there is one.

    ``label`` also says what it is and which program has it.
    """

    path: str
    label: str


def serial_ports() -> list[SerialPort]:
    """The ports in their order, names under `/dev/serial/by-id` first. Looks at devices: not for the screen's loop."""
    from serial.tools.list_ports import comports  # slow to import, and only this list needs it

    ports = sorted(comports())
    described = {port.device: port.description for port in ports}
    found = [
        SerialPort(str(link), printable(f"{link} ({link.resolve().name}){_held(str(link))}"))
        for link in _links()
        if link.name.isprintable()
    ]
    for device, words in described.items():
        label = device if words in ("n/a", "", None) else f"{device} ({words})"
        found.append(SerialPort(device, printable(label + _held(device))))
    return found


def _held(port: str) -> str:
    who = holder(port)
    return _(", in use by {who}", who=who) if who else ""


def _links() -> list[Path]:
    try:
        return sorted(_BY_ID.iterdir())
    except OSError:
        return []
