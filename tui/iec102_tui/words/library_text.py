"""What the library names in the line and in the tree of a frame, as the screen says it; documents keep the names.

Such a line is put together of names and numbers ("read instantaneous values, objects 192 193 194"), so that each name
in it is replaced by that of the language. In English nothing is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iec102.asdu import names
from iec102.asdu.catalogue import CATALOGUE
from iec102.asdu.qualifier import qualifier_words

from iec102_tui.words.languages import ENGLISH, used
from iec102_tui.words.text import N_, _, spoken

FIELDS = (
    N_("optical"),
    N_("internal error, meaning set by the manufacturer"),
    N_("not in the reference"),
    N_("recovered"),
    N_("lost"),
    N_("primary voltage"),
    N_("secondary voltage"),
    N_("primary current"),
    N_("secondary current"),
    N_("manufacturer code"),
    N_("model"),
    N_("firmware version"),
    N_("serial number"),
    N_("date of the standard"),
    N_("date of the protocol version"),
    N_("measuring points"),
    N_("measuring point"),
    N_("access key"),
    N_("integration period"),
    N_("change to summer time"),
    N_("change to standard time"),
    N_("shortest time between closings"),
    N_("critical alarm"),
    N_("non-critical alarm"),
    N_("program identifier"),
    N_("closing by push-button"),
    N_("port"),
    N_("events"),
    N_("event"),
    N_("objects"),
    N_("object"),
    N_("record"),
    N_("length, repeated"),
    N_("length"),
    N_("checksum"),
    N_("end"),
    N_("control"),
    N_("start, repeated"),
    N_("start"),
    N_("device identifier"),
    N_("reserved"),
    N_("reserve"),
    N_("active direction"),
    N_("quadrant"),
    N_("day of week"),
    N_("date and time"),
    N_("maximum power"),
    N_("time of the maximum"),
    N_("qualifier"),
    N_("excess power"),
    N_("start of the period"),
    N_("end of the period"),
    N_("tariff period"),
    N_("holiday"),
    N_("season"),
    N_("starts"),
    N_("day types"),
    N_("day type"),
    N_("direction"),
    N_("kind"),
    N_("active since"),
    N_("active from"),
    N_("contracted power"),
    N_("first object"),
    N_("last object"),
    N_("end of the interval"),
    N_("block"),
    N_("blocks"),
    N_("values"),
    N_("value"),
    N_("manufacturer"),
    N_("device"),
    N_("voltage (secondary)"),
    N_("current (secondary)"),
    N_("active power"),
    N_("reactive power"),
    N_("power factor and flags"),
    N_("energies"),
    N_("powers"),
    N_("voltages and currents"),
    N_("phase"),
    N_("total"),
    N_("valid"),
    N_("invalid"),
    N_("standard time"),
    N_("summer time"),
    N_("import"),
    N_("export"),
    N_("confirmed"),
    N_("ended"),
    N_("REFUSED"),
    N_("user data"),
    N_("request link status"),
    N_("request class 2 data"),
    N_("reset of the remote link"),
    N_("status of the link"),
    N_("requested data not available yet"),
    N_("link busy"),
    N_("bad checksum"),
    N_("expected"),
    N_("found"),
    N_("unverified"),
    N_("fixed frame"),
    N_("variable frame"),
    N_("negative"),
    N_("positive"),
    N_("test"),
    N_("bytes"),
    N_("working day"),
    N_("type"),
    N_("cause"),
    N_("address"),
    N_("time"),
    N_("good"),
    N_("header"),
    N_("link address"),
    N_("link status?"),
    N_("link status"),
    N_("reset link"),
    N_("class 2 data?"),
    N_("answer, meter to reader"),
    N_("request, reader to meter"),
    N_("from the meter"),
    N_("from the reader"),
    N_("confirm"),
    N_("not used"),
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
    N_("battery"),
    N_("alarms"),
    N_("garbage"),
    N_("voltage fault detection"),
    N_("current period"),
    N_("active, absolute"),
    N_("active, in the period"),
    N_("active, qualifier"),
    N_("reactive inductive, absolute"),
    N_("reactive inductive, in the period"),
    N_("reactive inductive, qualifier"),
    N_("reactive capacitive, absolute"),
    N_("reactive capacitive, in the period"),
    N_("reactive capacitive, qualifier"),
    N_("SPQ and SPI"),
    N_("the frame ends before this"),
    N_("the frame was not completed in time"),
)
"""Names of fields, and words beside them, that stand in no table of the library."""


def translated_names(text: str) -> str:
    """The line in the language that is spoken."""
    return text if used() == ENGLISH else _names(used()).sub(lambda found: _name(found[0]), text)


def qualifier_text(quality: int) -> str:
    """What the bits of a qualifier say, with commas; empty for a good value."""
    return ", ".join(map(spoken, qualifier_words(quality)))


_QUALIFIERS = {str(words): words for words in qualifier_words(0xFF)}


def _name(text: str) -> str:
    return spoken(_QUALIFIERS[text]) if text in _QUALIFIERS else _(text)


@lru_cache(maxsize=1)
def _names(_language: str) -> re.Pattern[str]:
    tables = (names.CAUSES, names.RECORDS, names.EVENTS, names.OBJECTS)
    known = {
        *FIELDS,
        *_QUALIFIERS,
        *(row.name for row in CATALOGUE.values()),
        *(name for table in tables for name in table.values()),
    }
    longest_first = sorted(known, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
