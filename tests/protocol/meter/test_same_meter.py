"""What was asked of one meter is not answered by another one, whenever that takes its place."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count

import pytest
from iec102.asdu import Asdu, Cause, Exchange, Identity
from iec102.asdu.summer_time import Keeping
from iec102.errors import AnotherMeter, Disconnected, RequestRefused
from iec102.link import Frame
from iec102.meter.information import InformationReader
from iec102.meter.meter import Meter
from iec102.meter.same_meter import SameMeter
from support.dialogue import STATION, line_to, load_profile
from support.scripted_meter import ScriptedLine, ScriptedMeter, echo
from support.virtual_time import run


class Numbered(ScriptedMeter):
    """Tells its number; None: it does not."""

    def __init__(self, number: int | None) -> None:
        super().__init__()
        self.number = number
        self.energy = 1000 * (number or 0)

    def answer(self, request: Asdu) -> list[Asdu]:
        if request.type != 100:
            return super().answer(request)
        if self.number is None:
            return [echo(request, Cause.TYPE_NOT_AVAILABLE)]
        return [Asdu(71, Cause.REQUEST, request.point_address, content=Identity(2002, 4, 66, self.number))]


async def who(meter: SameMeter) -> None:
    try:
        await meter.read_identity()
    except RequestRefused:
        return


@pytest.mark.parametrize(("first", "then"), [(1, 2), (1, None), (None, 2)])
def test_another_one_behind_a_new_connection_is_not_believed(first: int | None, then: int | None) -> None:
    async def steps() -> None:
        other = Numbered(then)
        line = ScriptedLine(Numbered(first))
        meter = SameMeter(line_to(line, reconnect=True), STATION)
        await who(meter)
        await meter.ask(load_profile())
        line.meters = (other,)
        line.cut()
        for _ in range(2):
            with pytest.raises(AnotherMeter, match="another meter answers at link address 1"):
                await meter.ask(load_profile())
        assert other.types().count(123) == 1  # it was on its way
        await meter.line.close()

    run(steps())


@pytest.mark.parametrize("number", [1, None])
def test_the_same_one_goes_on_and_is_asked_once_a_connection(number: int | None) -> None:
    async def steps() -> None:
        scripted = Numbered(number)
        line = ScriptedLine(scripted)
        meter = SameMeter(line_to(line, reconnect=True), STATION)
        await who(meter)
        for _ in range(3):
            line.cut()
            for _again in range(2):
                assert len((await meter.ask(load_profile())).answers) == scripted.records
        assert scripted.types().count(100) == 4
        assert scripted.types().count(123) == 6  # none is asked twice
        await meter.line.close()

    run(steps())


@pytest.mark.parametrize("cut_after", [0, 12])
def test_what_waited_while_the_line_was_away_is_not_answered_by_another_one(cut_after: int) -> None:
    """Nor is the part of an answer that came before the line was lost once more."""

    async def steps() -> None:
        line, frames = ScriptedLine(Numbered(1)), count()

        def to_reader(frame: Frame) -> list[bytes]:
            if next(frames) == cut_after:
                asyncio.get_running_loop().call_soon(line.cut)
            return [frame.encode()]

        meter = SameMeter(line_to(line, reconnect=True), STATION)
        await who(meter)
        line.away = True
        line.cut()
        reading = asyncio.create_task(meter._ask_range(load_profile()))
        await asyncio.sleep(3)
        other = Numbered(2)
        line.meters, line.away = (other,), False
        if cut_after:
            line.to_reader = to_reader
        with pytest.raises(AnotherMeter):
            await reading
        assert len(line.openings) == (3 if cut_after else 2)
        await meter.line.close()

    run(steps())


def test_what_the_same_one_answers_over_a_new_connection_is_kept_as_it_came() -> None:
    async def steps() -> None:
        line, made = ScriptedLine(Numbered(1)), list[Exchange]()
        meter = SameMeter(line_to(line, reconnect=True), STATION)
        await who(meter)
        line.cut()
        answered = await meter.ask(load_profile(), lambda asked: made.append(Exchange(asked)) or made[-1])
        assert tuple(made[-1].answers) == answered.answers  # whoever asks looks there how it ended
        await meter.line.close()

    run(steps())


def test_an_answer_is_asked_for_again_where_the_line_is_lost_before_it_is_known_who_gave_it() -> None:
    async def steps() -> None:
        scripted = Numbered(1)
        line, identities = ScriptedLine(scripted), count()

        def to_reader(frame: Frame) -> list[bytes]:
            is_identity = (frame.asdu or b"")[:1] == bytes([71])
            if is_identity and next(identities) == 1:
                line.cut()
            return [frame.encode()]

        line.to_reader = to_reader
        meter = SameMeter(line_to(line, reconnect=True), STATION)
        await who(meter)
        line.cut()
        with pytest.raises(Disconnected):
            await meter._ask_range(load_profile())
        assert len((await meter.ask(load_profile())).answers) == scripted.records
        assert scripted.types().count(123) == 2
        await meter.line.close()

    run(steps())


@pytest.mark.parametrize("kind", [Meter, SameMeter])
@pytest.mark.parametrize(("first", "then"), [(1, 2), (1, None), (None, 2)])
def test_what_was_found_of_summer_time_goes_with_the_meter_whoever_asks(
    kind: type[Meter], first: int | None, then: int | None
) -> None:
    async def steps() -> None:
        line = ScriptedLine(Numbered(first))
        meter = kind(line_to(line, reconnect=True), STATION)
        state = meter.summer_time
        state.found, state.asked = Keeping.IGNORED, True
        for _ in range(2):
            await InformationReader(meter).read_identity()
            assert (state.found, state.asked) == (Keeping.IGNORED, True)
        line.meters = (Numbered(then),)
        line.cut()
        with suppress(AnotherMeter):
            await InformationReader(meter).read_identity()
        assert (state.found, state.asked) == (None, False)
        await meter.line.close()

    run(steps())


def test_where_nobody_was_asked_nothing_is_compared() -> None:
    async def steps() -> None:
        line = ScriptedLine(Numbered(1))
        meter = SameMeter(line_to(line, reconnect=True), STATION)
        await meter.ask(load_profile())
        line.meters = (Numbered(2),)
        line.cut()
        assert (await meter.ask(load_profile())).answers
        assert SameMeter.like(meter) is meter
        await meter.line.close()

    run(steps())
