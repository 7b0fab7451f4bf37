"""A frame in the words of the frame log: its kind in at most five letters, what it says, and why it was not taken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from iec102.asdu import decode
from iec102.asdu.asdu import ERROR_CAUSES
from iec102.asdu.instantaneous import Energies, InstantaneousValues, Powers, VoltagesCurrents
from iec102.link import Frame, Garbage, GarbageKind
from iec102.transport.tap import Note

from iec102_tui.words.text import N_, _, ngettext


class ServiceWords(NamedTuple):
    """A frame without an ASDU: its kind, what it says, and whether every poll brings one."""

    kind: str
    says: str
    quiet: bool = False


_REQUESTS = {
    0: ServiceWords(N_("reset"), N_("reset link")),
    9: ServiceWords(N_("link"), N_("link status?")),
    11: ServiceWords(N_("poll"), N_("class 2 data?"), quiet=True),
}
_ANSWERS = {
    0: ServiceWords(N_("ACK"), N_("accepted"), quiet=True),
    1: ServiceWords(N_("NACK"), N_("busy")),
    9: ServiceWords(N_("none"), N_("no data yet")),
    11: ServiceWords(N_("link"), N_("link status")),
}


def service_words(item: Frame | Garbage) -> ServiceWords | None:
    """Those of a frame without an ASDU; None for any other, and for a service that nobody knows."""
    if isinstance(item, Garbage) or item.asdu is not None:
        return None
    return (_REQUESTS if item.request else _ANSWERS).get(item.function)


def kind_of(item: Frame | Garbage) -> str:
    """The number of the type, or the service in one word; empty for garbage."""
    if isinstance(item, Garbage):
        return ""
    if item.asdu:
        return str(item.asdu[0])
    service = service_words(item)
    return _("fn {function}", function=item.function) if service is None else _(service.kind)


@lru_cache(maxsize=1024)  # a line says the same few things again and again
def is_refusal(item: Frame | Garbage) -> bool:
    """The meter says no."""
    asdu = None if isinstance(item, Garbage) else decode(item)
    return asdu is not None and (asdu.negative or asdu.cause in ERROR_CAUSES)


@lru_cache(maxsize=1024)
def values_of(item: Frame | Garbage) -> str:
    """The values of a 163 in short; empty for any other frame, and where the meter refuses."""
    asdu = None if isinstance(item, Garbage) else decode(item)
    if asdu is None or not isinstance(asdu.content, InstantaneousValues) or is_refusal(item):
        return ""
    return ", ".join(_values(asdu.content))


def _values(content: InstantaneousValues) -> Iterator[str]:
    """Of each object what it is read for: the totals, one voltage; energies only where nothing else came."""
    if content.powers is not None:
        yield _power(content.powers)
    if content.voltages_currents is not None:
        yield _voltage(content.voltages_currents)
    elif content.powers is None and content.energies is not None:
        yield _energy(content.energies)


def _power(powers: Powers) -> str:
    total = powers.total
    if total.invalid:
        return _("powers invalid")
    template = N_("{active} kW export, {reactive} kVAr Q{quadrant}")
    if not total.exporting:
        template = N_("{active} kW import, {reactive} kVAr Q{quadrant}")
    return _(template, active=total.active, reactive=total.reactive, quadrant=total.quadrant)


def _voltage(voltages: VoltagesCurrents) -> str:
    if voltages.l1.invalid:
        return _("voltage of phase 1 invalid")
    return _("{voltage:.1f} V", voltage=voltages.l1.voltage / 10)


def _energy(energies: Energies) -> str:
    if any(energy.invalid for energy in energies.values[:2]):
        return _("energies invalid")
    imported, exported = (energy.value for energy in energies.values[:2])
    return _("A+ {imported} kWh, A- {exported} kWh", imported=imported, exported=exported)


def garbage_words(item: Garbage, digits: str) -> str:
    """Why bytes are no frame, and which they are."""
    count = len(item.data)
    if item.kind is GarbageKind.NOISE and not item.detail:
        return ngettext(
            "{count} byte that is no frame: {digits}", "{count} bytes that are no frame: {digits}", count, digits=digits
        )
    return ngettext(
        "{count} byte that is no frame, {reason}: {digits}",
        "{count} bytes that are no frame, {reason}: {digits}",
        count,
        reason=item.reason,
        digits=digits,
    )


class Trouble(NamedTuple):
    """What is not as it should be with a frame: its sign, and a template that ``says`` what the frame says."""

    sign: str
    template: str


REPEATED = Trouble("\N{CLOCKWISE OPEN CIRCLE ARROW}", N_("repeated: {says}"))
REPEATED_UNANSWERED = Trouble("\N{CLOCKWISE OPEN CIRCLE ARROW}", N_("repeated, no reply: {says}"))
UNANSWERED = Trouble("?", N_("no reply: {says}"))
ECHO = Trouble("E", N_("echo of what was sent: {says}"))
LATE = Trouble("L", N_("late: {says}"))
UNMATCHED = Trouble("U", N_("unmatched, {note}: {says}"))
GARBAGE = Trouble("!", N_("{says}"))
NOTED_GARBAGE = Trouble("!", N_("{note}: {says}"))


_NOTES: dict[str, str] = {
    Note.LATE: N_("late"),
    Note.OTHER_STATION: N_("another station's"),
    Note.OTHER_ANSWER: N_("not the answer to the request"),
    Note.UNASKED: N_("not asked for"),
    Note.ECHO: N_("echo"),
    Note.DAMAGED_ECHO: N_("damaged echo"),
    Note.SINGLE_ACK: N_("acknowledgement of one byte"),
}


def note_words(note: str) -> str:
    """The words for a note; what a capture of another program says stays as it is."""
    return _(_NOTES[note]) if note in _NOTES else note
