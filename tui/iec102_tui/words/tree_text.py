"""The decode tree of a frame in the words of the frame log."""

from __future__ import annotations

from iec102_tui.words.text import N_, _, ngettext

LINK, ASDU, CHECK, BYTES = N_("link"), N_("ASDU"), N_("check"), N_("bytes")


def link_words(service: str, function: str, address: str, *, request: bool) -> str:
    """``answer, user data (function 8), address 12873``."""
    template = N_("answer, {service} (function {function}), address {address}")
    if request:
        template = N_("request, {service} (function {function}), address {address}")
    return _(template, service=service, function=function, address=address)


def link_in_short(service: str, address: str) -> str:
    """``user data, address 12873``."""
    return _("{service}, address {address}", service=service, address=address)


def asdu_in_short(name: str, cause: str) -> str:
    """``163 instantaneous values, cause 5``."""
    return _("{name}, cause {cause}", name=name, cause=cause)


def asdu_words(name: str, objects: int, cause: str) -> str:
    """``163 instantaneous values, 3 objects, cause 5 (request or requested)``."""
    return ngettext(
        "{name}, {count} object, cause {cause}",
        "{name}, {count} objects, cause {cause}",
        objects,
        name=name,
        cause=cause,
    )


def check_words(checksum: str, count: int) -> str:
    """``19 = sum of 104 bytes``."""
    return ngettext("{checksum} = sum of {count} byte", "{checksum} = sum of {count} bytes", count, checksum=checksum)


def object_words(name: str, time: str) -> str:
    """``energies at 2026-11-28 01:39 standard time``."""
    return _("{name} at {time}", name=name, time=time)


def power_words(active: str, direction: str, reactive: str, quadrant: str, factor: str) -> str:
    """``46 kW import, 19 kVAr Q1, PF 0.924``."""
    return _(
        "{active} {direction}, {reactive} {quadrant}, PF {factor}",
        active=active,
        direction=_(direction),
        reactive=reactive,
        quadrant=quadrant,
        factor=factor,
    )


def count_of_bytes(count: int) -> str:
    """``110 bytes``."""
    return ngettext("{count} byte", "{count} bytes", count)


def bytes_that_are_no_frame(count: int) -> str:
    """``3 bytes that are no frame``."""
    return ngettext("{count} byte that is no frame", "{count} bytes that are no frame", count)
