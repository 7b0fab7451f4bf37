"""What a meter knows, read from scripted meters: the values of real answers, refusals, and answers that are odd."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from iec102.asdu import MADRID, Asdu, Cause, Identity
from iec102.asdu.tariff import Energy
from iec102.errors import InvalidSetting
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.closings import reactive_quadrants
from iec102.meter.device import DeviceConfiguration, MeasuringPointParameters, RecorderSettings, SummerTimeChanges
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.reading import ClockReading
from iec102.meter.tariffs import CalendarDay, HolidayCalendar, PowersByPeriod
from support.dialogue import STATION, line_to
from support.knowing_meter import KnowingMeter, body
from support.raw_meter import time_tag
from support.real_frames import needs_real_frames, real_frames
from support.scripted_meter import NOW, ScriptedLine
from support.virtual_time import run

T = TypeVar("T")

# Unit-test data of gisce/iec870ree, from real meters (REE profile reference, 8.4 and 8.5).
CONFIGURATION = bytes.fromhex(
    "42 4b 41 4d c6 12 e1 02 24 00 80 ea f2 03 26 06 08 ff 20 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
    "00 00 00 06 08 06 08 98 ab 02 00 4c 04 00 00 19 00 00 00 32 00 00 00 3c 0f 00 1a"
) + bytes(184)
JULY = bytes.fromhex(
    "14 74 37 3b 00 c0 6e 00 00 00 fb 59 1c 00 ba 5c 00 00 00 e4 bd 05 00 db 06 00 00 00 00 00 00 00 80 00 00 00 00 80"
    "65 01 00 00 0f 87 f2 07 12 00 00 00 00 00 80 00 80 e1 07 12 00 80 61 08 12"
)
SEASONS = bytes.fromhex(
    "c1 01 02 0a 00 00 e1 01 63 61 00 00 e1 03 63 64 00 00 e1 04 63 65 00 00 e1 06 63 63 00 00 f0 06 63 62"
    "00 00 e1 08 63 66 00 00 e1 09 63 63 00 00 e1 0a 63 65 00 00 e1 0b 63 64 00 00 e1 0c 63 61"
    "06 66 66 66 66 22 11 21 22 22 11 21 22 66 66 66 66 22 12 11 11 11 21 22 22 66 66 66 66 34 33 33 43 44 44 44 44"
    "66 66 66 66 44 44 44 44 33 33 33 44 66 66 66 66 55 55 55 55 55 55 55 55 66 66 66 66 66 66 66 66 66 66 66 66"
    "31 92 75 f7 15"
)
# The totals of December 2008, a frame of a real meter.
DECEMBER = bytes.fromhex(
    "14 61 71 00 00 E4 25 00 00 00 0B 47 00 00 88 09 00 00 00 00 00 00 00 00 00 00 00 00"
    "00 00 00 00 00 00 00 00 00 00 54 00 00 00 00 0E BA 0C 08 00 00 00 00 00 80 00 00 21 0C 08 00 00 81 01 09"
)
NO_DATE = bytes(5)
YEAR_99 = bytes.fromhex("00 00 21 01 63")


def read(meter: KnowingMeter, ask: Callable[[InformationReader], Awaitable[T]]) -> T:
    async def dialogue() -> T:
        line = line_to(ScriptedLine(meter))
        try:
            return await ask(InformationReader(Meter(line, STATION)))
        finally:
            await line.close()

    return run(dialogue())


def closing(address: int, start: bytes, end: bytes, added: int = 10) -> tuple[int, bytes]:
    energies = (1000).to_bytes(4, "little") + added.to_bytes(4, "little") + b"\0"
    return 1, bytes((address,)) + 3 * energies + 2 * (bytes(4) + b"\x80") + bytes(10) + bytes(5) + start + end


def first_of(month: int, year: int = 2026) -> bytes:
    when = datetime(year, month, 1, tzinfo=MADRID)
    return time_tag(when.replace(tzinfo=None), summer=bool(when.dst()))


def event(address: int, when: datetime, *, spi: bool = True, qualifier: int = 2) -> bytes:
    tag = time_tag(when.replace(tzinfo=None), summer=bool(when.dst()))
    return bytes((address, qualifier << 1 | spi)) + (when.second << 10).to_bytes(2, "little") + tag


# The values of real answers


def test_identity() -> None:
    meter = KnowingMeter()
    meter.knows[100] = [body("24 42 C6 12 E1 02")]
    assert read(meter, lambda reader: reader.read_identity()) == Identity(2002, 4, 66, 48_304_838)
    meter.knows[100] = [body("04 FB A2 97 42 24")]
    assert read(meter, lambda reader: reader.read_identity()) == Identity(2000, 4, 251, 0x244297A2)


def test_the_configuration_of_a_real_meter() -> None:
    meter = KnowingMeter()
    meter.knows[141] = [(1, CONFIGURATION)]
    found = read(meter, lambda reader: reader.read_configuration())
    assert isinstance(found, DeviceConfiguration)
    assert (found.manufacturer, found.model, found.firmware, found.serial_number) == (66, "KA", 77, 48_304_838)
    assert (found.standard, found.battery) == ((2002, 4), 38)
    assert str(found.protocol_date) == "2003-02-09 23:00:00+01:00"  # 10 February, with SU set in winter
    assert [(port.name, port.speed_words, port.format_words) for port in found.ports] == [
        ("1", "9600 bit/s", "8E1"),
        ("2", "9600 bit/s", "8E1"),
        ("optical", "9600 bit/s", "8E1"),
    ]
    assert (found.ports[0].start_mode, found.ports[0].start_string) == (255, "")
    assert found.ratios is None  # 2.5 A to 5 A make no sense
    assert found.integration_periods == (60, 15, 0)
    assert (found.contracts, found.active_contracts) == ((2, 2, 1), (1, 2))


def test_the_closings_of_real_meters() -> None:
    meter = KnowingMeter()
    meter.knows[134] = [(1, DECEMBER), (1, JULY)]
    found = read(meter, lambda reader: reader.read_closings(3, datetime(2008, 1, 1, tzinfo=MADRID), NOW))
    december, july = found.closings
    total = december.total
    assert total is not None
    assert (december.contract, str(december.start), str(december.end)) == (
        3,
        "2008-12-01 00:00:00+01:00",
        "2009-01-01 00:00:00+01:00",
    )
    assert (total.active, total.inductive) == (Energy(29_025, 9_700), Energy(18_187, 2_440))
    assert (total.maximum, str(total.maximum_time)) == (84, "2008-12-26 14:00:00+01:00")
    assert (total.excess, total.excess_quality) == (0, 0x80)
    total = july.total
    assert total is not None
    assert (total.active, total.inductive) == (Energy(3_880_820, 28_352), Energy(1_858_043, 23_738))
    assert total.capacitive == Energy(376_292, 1_755)
    assert (total.maximum, str(total.maximum_time)) == (357, "2018-07-18 07:15:00+02:00")


def test_the_seasons_of_a_real_meter() -> None:
    meter = KnowingMeter()
    meter.knows[150, 134, (193, 196, 197)] = [(1, SEASONS)]
    meter.refuses[150] = 17
    found = read(meter, lambda reader: reader.read_tariff_tables(1))
    seasons = found.seasons
    assert seasons is not None
    assert (seasons.direction, seasons.kind, len(seasons.seasons), len(seasons.day_types)) == (1, 2, 10, 6)
    assert seasons.seasons[4].first_day == CalendarDay(None, 6, 16)
    january = seasons.day_type(datetime(2026, 1, 12), holiday=False)
    assert january == (6,) * 8 + (2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2)
    assert seasons.day_type(datetime(2026, 8, 4), holiday=False) == (6,) * 24
    assert seasons.day_type(datetime(2026, 1, 12), holiday=True) == (6,) * 24
    assert str(seasons.since) == "2021-07-21 18:49:00+02:00"
    assert {absence.object for absence in found.absences} == {192, 195, 196, 197}
    assert [reactive_quadrants(way) for way in (1, 2, None)] == [(1, 4), (3, 2), None]


@needs_real_frames
def test_the_events_of_a_real_meter() -> None:
    frame = next(data for _, data in real_frames() if data[0] == 0x68 and data[7] == 1)
    meter = KnowingMeter()
    meter.knows[102, 52] = [(20, frame[13:-2])]
    ask = datetime(2025, 1, 1, tzinfo=MADRID)
    found = read(meter, lambda reader: reader.read_events([52], start=ask, end=NOW))
    assert len(found.events) == 20
    first, second = found.events[:2]
    assert str(first.time) == "2025-02-11 07:00:04+01:00"
    assert (first.address, first.qualifier, first.indication, first.sense) == (3, 1, False, "end")
    assert first.meaning == "measuring voltage failure, phase 1"
    assert second.meaning == "measuring voltage failure, phase 2"


def test_what_only_sources_tell() -> None:
    meter = KnowingMeter()
    valid = first_of(1)
    meter.knows[144, 134] = [(2, bytes.fromhex("15 64 00 00 00 16 C8 00 00 00") + valid)]
    meter.knows[144, 137] = [(1, bytes.fromhex("01 64 00 00 00") + valid)]
    meter.knows[147] = [(3, first_of(5) + NO_DATE + YEAR_99)]
    meter.knows[182] = [(1, bytes.fromhex("01 00 01 01 00 39 30 00 00 0F A0 0F") + bytes(234))]
    meter.knows[185] = [(1, first_of(3) + NO_DATE)]

    async def all_of_them(reader: InformationReader) -> tuple[object, ...]:
        return (
            await reader.read_contracted_powers(1),
            await reader.read_contracted_powers(1, latent=True),
            await reader.read_holidays(2),
            await reader.read_point_parameters(),
            await reader.read_summer_time_dates(),
        )

    powers, latent, holidays, parameters, changes = read(meter, all_of_them)
    assert powers == PowersByPeriod(1, {1: 100, 2: 200}, datetime(2026, 1, 1, tzinfo=MADRID))
    assert latent == PowersByPeriod(1, {1: 100}, datetime(2026, 1, 1, tzinfo=MADRID), latent=True)
    assert holidays == HolidayCalendar(2, (CalendarDay(None, 1, 1), CalendarDay(2026, 5, 1)))
    assert isinstance(parameters, MeasuringPointParameters)
    assert parameters[:3] + parameters[4:] == (1, 1, 1, 15, 4000)
    assert "12345" not in repr(parameters)
    assert changes == SummerTimeChanges(datetime(2026, 3, 1, tzinfo=MADRID), None)


# The recorder's ten objects

RECORDER = {
    192: "61",
    193: "02",
    194: "0A",
    195: "02 01",
    196: "02 01 00",
    197: "3C 0F",
    198: "70 17 00 00 4C 04 00 00 88 13 00 00 32 00 00 00",
    199: "01",
    200: "53 4D 20 31" + 21 * "00",
    201: "02",
}


def check_recorder(found: object) -> None:
    assert isinstance(found, RecorderSettings)
    assert (found.battery, found.automatic_summer_time, found.shortest_closing) == (97, True, 10)
    assert (found.critical_alarm, found.other_alarm) == (True, False)
    assert (found.voltage_faults, found.curve_periods) == ((True, False, None), (60, 15))
    assert found.ratios is not None
    assert found.ratios.primary_current == 5000
    assert (found.clock_source, found.program, found.closing_by_button) == (1, "SM 1", True)


def object_body(address: int) -> tuple[int, bytes]:
    return 1, bytes((address,)) + bytes.fromhex(RECORDER[address])


def test_the_recorder_gives_its_objects_at_once() -> None:
    meter = KnowingMeter()
    meter.knows[156] = [(10, b"".join(object_body(address)[1] for address in RECORDER))]
    check_recorder(read(meter, lambda reader: reader.read_recorder()))
    assert meter.asked()[156] == 1


def test_a_recorder_that_refuses_several_objects_is_asked_for_each_alone() -> None:
    meter = KnowingMeter()
    meter.refuses[156] = 17
    meter.knows |= {(156, 0, (address,)): [object_body(address)] for address in RECORDER}

    async def twice(reader: InformationReader) -> object:
        await reader.read_recorder()
        return await reader.read_recorder()

    check_recorder(read(meter, twice))
    assert meter.asked()[156] == 1 + 10 + 10


@pytest.mark.parametrize(("apart", "requests"), [(range(192, 193), 1 + 9 + 10), (range(192, 202), 2)])
def test_a_recorder_may_answer_one_object_of_many_or_each_in_an_asdu(apart: range, requests: int) -> None:
    meter = KnowingMeter()
    meter.knows = {(156, 0, (address,)): [object_body(address)] for address in RECORDER}
    meter.knows[156] = [object_body(address) for address in apart]

    async def twice(reader: InformationReader) -> object:
        await reader.read_recorder()
        return await reader.read_recorder()

    check_recorder(read(meter, twice))
    assert meter.asked()[156] == requests


def test_an_object_that_is_not_understood_keeps_its_bytes_and_a_refused_one_its_name() -> None:
    meter = KnowingMeter()
    meter.refuses[156] = 17
    meter.knows[156, 0, (192,)] = [body("C0 61 00")]
    found = read(meter, lambda reader: reader.read_recorder((192, 199)))
    assert isinstance(found, RecorderSettings)
    assert (found.battery, found.clock_source) == (None, None)
    assert found.kept == (KeptBytes(157, 0, bytes.fromhex("C0 61 00"), 192),)
    assert [(absence.object, absence.cause) for absence in found.absences] == [(199, 17)]


def test_an_object_refused_with_14_alone_is_lacking_alone() -> None:
    meter = KnowingMeter()
    meter.refuses = {156: 17, (156, 0, (192,)): 14}
    meter.knows[156, 0, (199,)] = [object_body(199)]
    found = read(meter, lambda reader: reader.read_recorder((192, 199)))
    assert isinstance(found, RecorderSettings)
    assert (found.battery, found.clock_source) == (None, 1)
    assert [(absence.object, absence.cause) for absence in found.absences] == [(192, 14)]


def test_a_recorder_refused_with_14_is_not_offered() -> None:
    meter = KnowingMeter()
    found = read(meter, lambda reader: reader.read_recorder())
    assert isinstance(found, Absence)
    assert found.is_lacking
    assert meter.asked()[156] == 1


# Refusals


async def everything(reader: InformationReader) -> list[object]:
    found: list[object] = [
        await reader.read_identity(),
        await reader.read_clock(),
        await reader.read_configuration(),
        await reader.read_recorder(),
        await reader.read_point_parameters(),
        await reader.read_summer_time_dates(),
        await reader.read_tariff_totals(),
        await reader.read_events(start=NOW - timedelta(days=30), end=NOW),
    ]
    for contract in (1, 2, 3):
        found += [
            await reader.read_last_closings(contract, 3),
            await reader.read_current_tariff(contract),
            await reader.read_contracted_powers(contract),
            await reader.read_holidays(contract),
            await reader.read_tariff_tables(contract),
        ]
    return found


TYPES = (100, 103, 141, 156, 182, 185, 122, 102, 134, 133, 144, 147, 150)


@pytest.mark.parametrize("cause", range(13, 19))
def test_what_a_meter_refuses_is_named_and_nothing_is_raised(cause: int) -> None:
    meter = KnowingMeter()
    meter.refuses = dict.fromkeys((*TYPES, 101), cause)
    found = read(meter, everything)
    assert len(found) == 8 + 15
    for answer in found:
        absences = [answer] if isinstance(answer, Absence) else getattr(answer, "absences")  # noqa: B009
        assert absences
        assert {absence.cause for absence in absences} == {cause}
        assert all(absence.reason.endswith(f"cause {cause})") for absence in absences)
    assert meter.keys == [1]


def test_each_type_that_a_meter_lacks_is_asked_once_with_one_login() -> None:
    meter = KnowingMeter()
    meter.knows[100] = [body("24 42 C6 12 E1 02")]
    read(meter, everything)
    asked = meter.asked()
    del asked[187]
    assert asked == dict.fromkeys((*TYPES, 101, 183), 1)
    assert meter.keys == [1]


def test_what_is_lacking_is_asked_again_when_it_is_to_be_forgotten() -> None:
    meter = KnowingMeter()

    async def twice(reader: InformationReader) -> None:
        await reader.read_identity()
        await reader.read_identity()
        reader.forget()
        await reader.read_identity()

    read(meter, twice)
    assert meter.asked()[100] == 2


def test_a_layout_that_is_not_known_keeps_its_bytes() -> None:
    meter = KnowingMeter()
    meter.knows = {kind: [body("01 02 03")] for kind in (100, 141, 144, 147, 182, 185, 134, 133, 102, 150)}
    found = read(meter, everything)
    assert found[0] == KeptBytes(71, 0, b"\1\2\3")
    kept = [answer if isinstance(answer, KeptBytes) else getattr(answer, "kept", ()) for answer in found]
    assert sum(bool(each) for each in kept) == len(found) - 3  # clock, recorder, totals


def test_the_clock() -> None:
    found = read(KnowingMeter(), lambda reader: reader.read_clock())
    assert isinstance(found, ClockReading)


def test_bounds_and_contracts_are_checked() -> None:
    async def wrong(reader: InformationReader) -> None:
        with pytest.raises(InvalidSetting):
            await reader.read_closings(1, datetime(2026, 1, 1), NOW)
        with pytest.raises(InvalidSetting):
            await reader.read_events(start=NOW, end=NOW - timedelta(days=1))
        with pytest.raises(InvalidSetting):
            await reader.read_holidays(4)

    read(KnowingMeter(), wrong)


# Closings that are odd


def test_a_closing_has_its_periods_and_both_bounds_are_included() -> None:
    meter = KnowingMeter()
    meter.knows[134] = [
        closing(address, first_of(month), first_of(month + 1)) for month in (7, 8, 9, 10) for address in (21, 20, 22)
    ]
    september, november = (datetime(2026, month, 1, tzinfo=MADRID) for month in (9, 11))
    found = read(meter, lambda reader: reader.read_closings(1, september, november))
    assert [each.end and each.end.month for each in found.closings] == [9, 10, 11]
    assert [period.period for period in found.closings[0].periods] == [0, 1, 2]
    assert not found.absences
    found = read(meter, lambda reader: reader.read_closings(1, september + timedelta(minutes=1), november))
    assert [each.end and each.end.month for each in found.closings] == [10, 11]


def test_a_meter_that_chooses_by_the_start_of_a_period_leaves_no_closing_out() -> None:
    class ByStart(KnowingMeter):
        def answer(self, request):  # type: ignore[no-untyped-def]
            if request.type != 134:
                return super().answer(request)
            months = [
                month
                for month in range(1, 11)
                if request.content.start.utc() <= datetime(2026, month, 1, tzinfo=MADRID) <= request.content.end.utc()
            ]
            if not months:
                self.refuses[134] = 18
                self.knows.pop(134, None)
            else:
                self.refuses.pop(134, None)
                self.knows[134] = [closing(20, first_of(month), first_of(month + 1)) for month in months]
            return super().answer(request)

    start = datetime(2026, 5, 1, tzinfo=MADRID)
    found = read(ByStart(), lambda reader: reader.read_closings(1, start, datetime(2026, 7, 1, tzinfo=MADRID)))
    assert [each.end and each.end.month for each in found.closings] == [5, 6, 7]
    found = read(ByStart(), lambda reader: reader.read_last_closings(1, 2))
    assert [each.end and each.end.month for each in found.closings] == [10, 11]


def test_an_unfinished_period_no_date_and_year_99_are_closings_without_an_end() -> None:
    meter = KnowingMeter()
    meter.knows[134] = [
        closing(20, first_of(10), first_of(11)),
        closing(20, first_of(11), NO_DATE, 2),
        closing(20, NO_DATE, NO_DATE, 3),
        closing(20, first_of(9), YEAR_99, 4),
    ]
    found = read(meter, lambda reader: reader.read_closings(1, datetime(2026, 11, 1, tzinfo=MADRID), NOW))
    assert [each.end is not None for each in found.closings] == [True, False, False, False]
    assert [each.periods[0].active.incremental for each in found.closings] == [10, 2, 3, 4]


class CutMeter(KnowingMeter):
    """Some of its answers (by number) stop behind the second period."""

    def __init__(self, *cut: int) -> None:
        super().__init__()
        self.whole = [closing(address, first_of(10), first_of(11)) for address in (20, 21, 22)]
        self._cut = cut
        self._count = -1

    def answer(self, request: Asdu) -> list[Asdu]:
        if request.type == 134:
            self._count += 1
            self.ends = self._count not in self._cut
            self.knows[134] = self.whole if self.ends else self.whole[:2]
        return super().answer(request)


@pytest.mark.parametrize(
    ("cut", "periods", "is_whole"),
    [((), [0, 1, 2], True), ((0,), [0, 1, 2], True), ((1,), [0, 1, 2], True), (range(9), [0, 1], False)],
)
def test_a_closing_is_whole_where_an_answer_with_it_came_to_its_end(
    cut: Iterable[int], periods: list[int], is_whole: bool
) -> None:
    september, november = (datetime(2026, month, 1, tzinfo=MADRID) for month in (9, 11))
    found = read(CutMeter(*cut), lambda reader: reader.read_closings(1, september, november))
    (only,) = found.closings
    assert [period.period for period in only.periods] == periods
    assert only.is_whole == is_whole
    assert found.is_unfinished == bool(list(cut))


def test_a_133_whose_end_does_not_come_gives_what_has_come_and_says_so() -> None:
    meter = KnowingMeter()
    meter.knows[133] = [closing(address, first_of(11), NO_DATE) for address in (20, 21)]
    meter.ends = False
    found = read(meter, lambda reader: reader.read_current_tariff(1))
    assert [period.period for period in found.closings[0].periods] == [0, 1]
    assert found.closings[0].is_current
    assert found.is_unfinished


def test_a_133_that_never_stops_is_left() -> None:
    meter = KnowingMeter()
    minutes = [time_tag(datetime(2026, 11, 22, 10, minute), summer=False) for minute in range(60)]
    meter.knows[133] = [closing(address, first_of(11), now) for now in minutes for address in (20, 21)]
    found = read(meter, lambda reader: reader.read_current_tariff(1))
    assert [period.period for period in found.closings[0].periods] == [0, 1]
    assert found.is_unfinished


# Events that are odd


def test_events_out_of_order_and_doubled_come_once_and_in_order() -> None:
    meter = KnowingMeter()
    noon = datetime(2026, 11, 20, 12, 0, 4, tzinfo=MADRID)
    told = [event(18, noon + timedelta(hours=hours), spi=spi) for hours, spi in ((2, True), (0, False), (0, True))]
    meter.knows[102, 129] = [(3, b"".join(told)), (2, told[1] + told[0])]
    meter.refuses[102] = 18
    found = read(meter, lambda reader: reader.read_events([129, 52], start=noon, end=noon + timedelta(hours=2)))
    assert [(each.time, each.indication) for each in found.events] == [
        (noon, False),
        (noon, True),
        (noon + timedelta(hours=2), True),
    ]
    assert [(absence.record, absence.is_empty) for absence in found.absences] == [(52, True)]


def test_a_meter_without_102_is_asked_for_whole_records() -> None:
    meter = KnowingMeter()
    noon = datetime(2026, 11, 20, 12, tzinfo=MADRID)
    meter.knows[101, 52] = [(2, event(1, noon - timedelta(days=90)) + event(1, noon))]
    meter.refuses[101] = 15
    found = read(meter, lambda reader: reader.read_events([52, 200], start=noon, end=NOW))
    assert [each.time for each in found.events] == [noon]
    assert meter.asked()[102] == 1
    assert [(absence.type, absence.record, absence.cause) for absence in found.absences] == [
        (101, 200, Cause.UNKNOWN_RECORD)
    ]


def test_a_long_time_of_events_is_asked_in_pieces() -> None:
    meter = KnowingMeter()
    days = [NOW - timedelta(days=day, minutes=1) for day in range(360, 0, -1)]

    class Dated(KnowingMeter):
        def answer(self, request):  # type: ignore[no-untyped-def]
            first, last = request.content.start.utc(), request.content.end.utc()
            told = [event(1, day) for day in days if first <= day <= last]
            self.knows[102] = [
                (len(told[at : at + 20]), b"".join(told[at : at + 20])) for at in range(0, len(told), 20)
            ]
            return super().answer(request)

    async def dialogue() -> None:
        meter = Dated()
        line = line_to(ScriptedLine(meter, byte_time=11 / 9600))
        taken: list[float] = []
        try:
            reader = InformationReader(Meter(line, STATION))
            real = reader.meter.ask

            async def timed(request, make):  # type: ignore[no-untyped-def]
                answered = await real(request, make)
                taken.append(answered.received - answered.sent)
                return answered

            reader.meter.ask = timed  # type: ignore[method-assign]
            found = await reader.read_events([52], start=NOW - timedelta(days=400), end=NOW)
        finally:
            await line.close()
        assert [each.time for each in found.events] == days
        assert max(taken) < 2.5

    run(dialogue())
    assert not meter.requests
