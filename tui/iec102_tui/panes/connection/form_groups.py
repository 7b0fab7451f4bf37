"""How the form is arranged: the fields that everybody looks at, and groups that open for the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from iec102.open import SCHEMES

from iec102_tui.panes.connection.form_values import Texts, empty_texts
from iec102_tui.profiles.settings_table import FORM
from iec102_tui.words import meters_text
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _


class Row(NamedTuple):
    """Fields beside each other; ``label`` is for both, where there are two."""

    keys: tuple[str, ...]
    label: str = ""


class Group(NamedTuple):
    """Rows that belong together. One with a ``title`` can be closed, and begins so."""

    name: str
    title: str
    rows: tuple[Row, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """All its fields."""
        return tuple(key for row in self.rows for key in row.keys)


_SPEED_AND_FORMAT = Row(("baudrate", "format"), meters_text.SPEED_AND_FORMAT)
_CALLING = ("dial", "identification")
_GATEWAY = tuple(key for key in FORM if key.startswith("gateway"))
_SECTOR = ("cups", "distributor", "retailer", "cil")
_READING = (
    Row(("poll_period",)),
    Row(("timeout", "retries"), meters_text.TIMEOUT_AND_RETRIES),
    Row(("voltage_ratio", "current_ratio"), meters_text.RATIOS),
    Row(("timezone",)),
)


def _connection() -> Iterator[Row]:
    """The kind, what its schemes ask for, and where the meter is behind that."""
    yield Row(("kind",))
    yield Row(("port",))
    fields = dict.fromkeys(field.key for scheme in SCHEMES.values() for field in scheme.fields)
    yield from (Row((key,)) for key in fields if key != "port")
    yield _SPEED_AND_FORMAT
    yield from (Row((key,)) for key in (*_CALLING, "meter_id", "link_address", "point_address", "password"))


def _groups() -> Iterator[Group]:
    connection = Group("connection", "", tuple(_connection()))
    reading = Group("reading", "", _READING)
    gateway = Group("gateway", meters_text.GATEWAY, tuple(Row((key,)) for key in _GATEWAY))
    sector = Group("sector", meters_text.SECTOR, tuple(Row((key,)) for key in _SECTOR))
    taken = {key for group in (connection, reading, gateway, sector) for key in group.keys}
    others = tuple(Row((key,)) for key in FORM if key not in taken)
    yield from (connection, reading, gateway, sector, Group("advanced", meters_text.ADVANCED, others))


GROUPS = tuple(_groups())
"""A key that stands in none of the lists here is an advanced one."""


def summary(group: Group, texts: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """What is set in a closed group and not as usual."""
    usual: Texts = empty_texts()
    parts = []
    for key in group.keys:
        text = texts[key].strip()
        if text != usual[key] and text:
            name, comma, unit = labels[key].partition(", ")
            name = name.removeprefix(f"{_(group.title)} ")
            value = f"{text} {unit}" if comma else text
            parts.append(_(meters_text.SET_TO, name=name, value=printable(value)))
    return ", ".join(parts) or _(meters_text.AS_USUAL)
