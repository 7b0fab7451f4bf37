"""What does not fit in the archive, in words: values that the meter gave twice, sums that do not add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from iec102.asdu.summer_time import SummerTime, remark
from iec102.load_profile.records import CHANNELS, REGISTER_WORDS
from iec102.load_profile.sums import PARTS, Difference, differences

from iec102_tui.archive.contents import ArchivedLoadProfile, Differing, keeping_of
from iec102_tui.load_profile.csv_file import in_zone
from iec102_tui.words.text import N_, _

# The longest interval that is made of others: the day on which summer time ends.
_LONGEST = timedelta(hours=25)


def findings(curve: ArchivedLoadProfile, start: datetime, end: datetime, zone: tzinfo) -> Iterator[str]:
    """A sentence for each value of a curve in (``start``, ``end``] that is there twice or does not fit its parts.

    Also for each that its own values are a part of, and one where the meter's summer time bit does not fit the zone.
    Raises ArchiveError.
    """
    yield from summer_time_findings(curve, zone)
    yield from value_findings(curve, start, end, zone)


def summer_time_findings(curve: ArchivedLoadProfile, zone: tzinfo) -> Iterator[str]:
    """A sentence where the meter's summer time bit does not fit the zone, with what was done about it."""
    if not curve.contradicts:
        return
    keeping = keeping_of(curve.path, curve.meter)
    if keeping is not None and keeping.mode is not curve.summer_time:
        yield remark(curve.summer_time, None, zone)
    else:
        setting = SummerTime.ZONE if keeping is None and curve.summer_time is SummerTime.ZONE else SummerTime.AUTO
        yield remark(setting, keeping, zone)


def value_findings(curve: ArchivedLoadProfile, start: datetime, end: datetime, zone: tzinfo) -> Iterator[str]:
    """What ``findings`` gives of the values alone."""
    for differing in curve.differing(start, end):
        yield from _differing_words(differing, zone)
    for whole, part in PARTS.items():
        if curve.register in (whole, part):
            yield from sum_findings(curve.sibling(whole), start, end, zone)


def sum_findings(curve: ArchivedLoadProfile, start: datetime, end: datetime, zone: tzinfo) -> Iterator[str]:
    """A sentence for each value of a curve in (``start``, ``end``] that does not fit the records of its parts."""
    parts = curve.sibling(PARTS[curve.register]).records(start - _LONGEST, end)
    found = differences(curve.register, curve.records(start, end), parts, incremental=curve.incremental, zone=zone)
    for difference in found:
        yield _sum_words(difference, curve.incremental, zone)


def differing_words(differing: Differing) -> Iterator[str]:
    """Each channel that differs: value, and qualifier where that is not 00."""
    others = {total.address: total for total in differing.other.totals}
    for total in differing.archived.totals:
        other = others.get(total.address)
        if other is not None and other != total:
            yield _(
                "{channel} is archived as {archived}, the meter gave {other}",
                channel=CHANNELS[total.address - 1],
                archived=_value(total.value, total.quality),
                other=_value(other.value, other.quality),
            )


def _differing_words(differing: Differing, zone: tzinfo) -> Iterator[str]:
    received = f"{differing.received.astimezone(zone):%Y-%m-%d %H:%M}"
    for words in differing_words(differing):
        yield _(
            "differing {time}: {what} on {received}",
            time=in_zone(differing.archived.end, zone),
            what=words,
            received=received,
        )


def _sum_words(difference: Difference, incremental: bool, zone: tzinfo) -> str:
    whole, part = REGISTER_WORDS[difference.register], REGISTER_WORDS[PARTS[difference.register]]
    template = N_("sum {time}: {channel} is {value} in the {whole}, the {part} are {parts}")
    if incremental:
        template = N_("sum {time}: {channel} is {value} in the {whole}, the {part} add up to {parts}")
    return _(
        template,
        time=in_zone(difference.end, zone),
        channel=CHANNELS[difference.address - 1],
        value=difference.value,
        whole=whole,
        part=part,
        parts=difference.of_parts,
    )


def _value(value: int, quality: int) -> str:
    return _("{value} (qualifier {quality:02x})", value=value, quality=quality) if quality else str(value)
