"""A frame in one line of plain words."""

from __future__ import annotations

from iec102.application import (
    Asdu,
    BlockRequest,
    ClockTime,
    Configuration,
    Content,
    ContractedPowers,
    Events,
    Holidays,
    Identity,
    InstantaneousValues,
    IntegratedTotals,
    ObjectList,
    RangeRequest,
    Recorder,
    SummerTimeDates,
    TariffInformation,
    TimeRange,
    TimeTagA,
    TotalBlocks,
    decode,
    type_name,
)
from iec102.application.asdu import ERROR_CAUSES
from iec102.explain.names import CAUSES, OBJECTS
from iec102.link.frame import Frame, Garbage

_REQUESTS = {0: "reset link", 3: "user data", 9: "link status?", 11: "class 2 data?"}
_ANSWERS = {0: "ACK", 1: "NACK, busy", 8: "user data", 9: "no data yet", 11: "link status"}
_OUTCOMES = {7: "confirmed", 10: "ended"}


def summary(item: Frame | Garbage) -> str:
    """What a frame says, or why bytes are none. Never raises."""
    if isinstance(item, Garbage):
        return f"garbage: {item.reason}"
    asdu = decode(item)
    if asdu is None:
        names = _REQUESTS if item.request else _ANSWERS
        return names.get(item.function, f"function {item.function}")
    return _asdu(asdu)


def _asdu(asdu: Asdu) -> str:
    parts = [type_name(asdu.type)]
    if asdu.record:
        parts.append(f"record {asdu.record}")
    detail = _detail(asdu)
    if detail:
        parts.append(detail)
    if asdu.cause in ERROR_CAUSES:
        parts.append(f"REFUSED: {CAUSES[asdu.cause]}")
    elif asdu.negative:
        parts.append("REFUSED")
    elif asdu.cause in _OUTCOMES:
        parts.append(_OUTCOMES[asdu.cause])
    return ", ".join(parts)


def _detail(asdu: Asdu) -> str:
    match asdu.content:
        case RangeRequest(first=first, last=last, start=start, end=end):
            return f"objects {first} to {last}, {_minute(start)} to {_minute(end)}"
        case BlockRequest(object=object_, start=start, end=end):
            return f"object {object_}, {_minute(start)} to {_minute(end)}"
        case IntegratedTotals(totals=totals, time=time):
            return f"{_many(len(totals), 'value')} at {_minute(time)}"
        case TotalBlocks(blocks=blocks) if blocks:
            return f"{_many(len(blocks), 'block')}, {_minute(blocks[0].time)} to {_minute(blocks[-1].time)}"
        case InstantaneousValues(objects=objects) if objects:
            return f"{_many(len(objects), 'object')} at {_minute(objects[0].time)}"
        case ObjectList(objects=objects):
            return "objects " + " ".join(str(number) for number in objects)
        case ClockTime(time=time):
            return f"{_minute(time.minutes)}:{time.second:02}"
    return _detail_of_station(asdu.content)


def _detail_of_station(content: Content) -> str:
    """What a meter says of itself: events, contracts, configuration."""
    match content:
        case TimeRange(start=start, end=end):
            return f"{_minute(start)} to {_minute(end)}"
        case Events(events=events) if events:
            times = f"{_minute(events[0].time.minutes)} to {_minute(events[-1].time.minutes)}"
            return f"{_many(len(events), 'event')}, {times}"
        case TariffInformation(periods=periods) if periods:
            names = ", ".join(OBJECTS.get(period.address, f"object {period.address}") for period in periods)
            return f"{names}, {_minute(periods[0].start)} to {_minute(periods[-1].end)}"
        case ContractedPowers(powers=powers, valid_from=time):
            return f"{_many(len(powers), 'power')} from {_minute(time)}"
        case Holidays(days=days):
            return _many(len(days), "day")
        case SummerTimeDates(begins=start, ends=end):
            return f"{_minute(start)} and {_minute(end)}"
        case Identity(manufacturer=manufacturer, device_id=device):
            return f"manufacturer {manufacturer}, device {device}"
        case Configuration(manufacturer=manufacturer, serial_number=device):
            return f"manufacturer {manufacturer}, device {device}"
        case Recorder(objects=objects):
            return "objects " + " ".join(str(part.address) for part in objects)
    return ""


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _minute(tag: TimeTagA) -> str:
    if not tag.year:
        return "no date"
    return f"{tag.year:04}-{tag.month:02}-{tag.day:02} {tag.hour:02}:{tag.minute:02}"
