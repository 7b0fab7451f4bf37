"""The same frames through two decoders that share no line: iec870ree 0.14.1 and this library."""

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from iec102.asdu import identity, instantaneous, session, totals
from iec102.asdu.asdu import Asdu
from iec102.asdu.catalogue import decode
from iec102.asdu.timetag import MADRID, TimeTagA, TimeTagB
from iec102.link.frame import Frame
from iec102.link.reader import FrameReader
from support.iec870ree import BLOCK_OF_THREE, drive

REAL_FRAMES = Path(__file__).parents[3] / "shared" / "real_frames.jsonl"
COMPARED = (8, 11, 71, 72, 140, 163)
COUNT = 40  # made frames of each type


def utc(tag: TimeTagA | TimeTagB) -> str:
    when = tag.utc(MADRID)
    assert when is not None
    return when.isoformat()


def ours(frame: Frame) -> Any:
    """What this library decodes, in the form of iec870ree_client.py."""
    asdu = decode(frame)
    assert asdu is not None
    match asdu.content:
        case totals.IntegratedTotals() as content:
            return [{"time": utc(content.time), "totals": listed(content.totals)}]
        case totals.TotalBlocks() as content:
            return [{"time": utc(block.time), "totals": listed(block.totals)} for block in content.blocks]
        case identity.Identity() as content:
            standard = f"{content.month}/{content.year}"
            return {"standard": standard, "manufacturer": content.manufacturer, "device": content.device_id}
        case session.ClockTime() as content:
            return utc(content.time)
        case instantaneous.InstantaneousValues() as content:
            return values(content)
    return None


def listed(found: Iterable[totals.Total]) -> list[list[int]]:
    return [[total.address, total.value, total.quality] for total in found]


def values(content: instantaneous.InstantaneousValues) -> dict[str, Any]:
    """Decimals as the client gives them: the factor in thousandths, currents and voltages in tenths."""
    result: dict[str, Any] = {}
    if energies := content.energies:
        result["192"] = {
            "values": [energy.value for energy in energies.values],
            "valid": [not energy.invalid for energy in energies.values],
            "time": utc(energies.time),
        }
    if powers := content.powers:
        result["193"] = {
            "values": [
                [p.active, p.reactive, p.factor / 1000, p.exporting, p.reactive_negative, not p.invalid]
                for p in (powers.total, powers.l1, powers.l2, powers.l3)
            ],
            "time": utc(powers.time),
        }
    if phases := content.voltages_currents:
        result["194"] = {
            "values": [[p.current / 10, p.voltage / 10, not p.invalid] for p in (phases.l1, phases.l2, phases.l3)],
            "time": utc(phases.time),
        }
    return result


def theirs(python: str, frames: Iterable[Frame]) -> list[Any]:
    result: list[Any] = drive(python, "decode", stdin="\n".join(frame.encode().hex() for frame in frames))
    return result


def real_frames() -> list[Frame]:
    if not REAL_FRAMES.exists():
        pytest.skip(f"the collection of real frames is not at {REAL_FRAMES}")
    reader = FrameReader()
    lines = REAL_FRAMES.read_text().splitlines()
    items = [item for line in lines for item in reader.feed(bytes.fromhex(json.loads(line)["hex"]))]
    return [item for item in items if isinstance(item, Frame) and item.asdu and item.asdu[0] in COMPARED]


def test_real_frames_decode_alike(iec870ree_python: str) -> None:
    frames = real_frames()
    assert len(frames) >= 8
    assert [ours(frame) for frame in frames] == theirs(iec870ree_python, frames)


class Maker:
    """Answers with random contents over the whole range of each field, the same at every run."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def bits(self, count: int) -> int:
        return self._random.getrandbits(count)

    def flag(self) -> bool:
        return bool(self.bits(1))

    def when(self) -> datetime:
        """Any minute of 2005 to 2034, so both changes of hour, and both passes of a repeated hour."""
        return datetime(2005, 1, 1, tzinfo=UTC) + timedelta(minutes=self._random.randrange(30 * 365 * 24 * 60))

    def time(self) -> TimeTagA:
        return TimeTagA.of(self.when(), MADRID)

    def some_totals(self, addresses: Iterable[int]) -> tuple[totals.Total, ...]:
        return tuple(totals.Total(address, self.bits(32), self.bits(8)) for address in addresses)

    def integrated_totals(self) -> totals.IntegratedTotals:
        return totals.IntegratedTotals(self.some_totals(range(1, self._random.randint(1, 8) + 1)), self.time())

    def total_blocks(self, layout: int) -> totals.TotalBlocks:
        most = {9: 5, 10: 6, 11: 11}[layout]
        made = (
            totals.Block(layout, self.some_totals(totals.BLOCK_ADDRESSES[layout]), self.time())
            for _ in range(self._random.randint(1, most))
        )
        return totals.TotalBlocks(tuple(made))

    def identity(self) -> identity.Identity:
        return identity.Identity(
            year=2000 + self.bits(4),
            month=self._random.randint(1, 12),
            manufacturer=self.bits(8),
            device_id=self.bits(32),
        )

    def clock(self) -> session.ClockTime:
        when = self.when() + timedelta(seconds=self._random.randrange(60), milliseconds=self._random.randrange(1000))
        return session.ClockTime(TimeTagB.of(when, MADRID))

    def some_energies(self, value_bits: int, *, invalid: bool = False) -> instantaneous.Energies:
        made = (instantaneous.Energy(self.bits(value_bits), invalid) for _ in range(6))
        return instantaneous.Energies(tuple(made), self.time())

    def power(self) -> instantaneous.Power:
        return instantaneous.Power(
            active=self.bits(24),
            reactive=self.bits(24),
            factor=self.bits(10),
            exporting=self.flag(),
            reactive_negative=self.flag(),
            invalid=self.flag(),
        )

    def phase(self) -> instantaneous.VoltageCurrent:
        return instantaneous.VoltageCurrent(current=self.bits(24), voltage=self.bits(30), invalid=self.flag())

    def instantaneous(self) -> instantaneous.InstantaneousValues:
        """Energies of 27 bits and all valid: what the client can read."""
        powers = instantaneous.Powers(self.power(), self.power(), self.power(), self.power(), self.time())
        phases = instantaneous.VoltagesCurrents(self.phase(), self.phase(), self.phase(), self.time())
        return instantaneous.InstantaneousValues((self.some_energies(27), powers, phases))


def answer(type_id: int, content: Any, record: int = 0) -> Frame:
    return Frame(control=0x08, address=1, asdu=Asdu(type_id, 5, record=record, content=content).encode())


@pytest.mark.parametrize("type_id", COMPARED)
def test_made_frames_decode_alike(iec870ree_python: str, type_id: int) -> None:
    maker = Maker(type_id)
    make = {
        8: maker.integrated_totals,
        11: maker.integrated_totals,
        71: maker.identity,
        72: maker.clock,
        140: lambda: maker.total_blocks(9 + maker.bits(1)),
        163: maker.instantaneous,
    }[type_id]
    frames = [answer(type_id, make()) for _ in range(COUNT)]
    assert [ours(frame) for frame in frames] == theirs(iec870ree_python, frames)


def test_a_block_of_three_holds_the_objects_1_3_and_6_where_the_client_counts_1_2_3(iec870ree_python: str) -> None:
    frame = answer(140, Maker(11).total_blocks(11))
    for mine, other in zip(ours(frame), theirs(iec870ree_python, [frame])[0], strict=True):
        assert mine["time"] == other["time"]
        assert mine["totals"] == [[BLOCK_OF_THREE[number], *rest] for number, *rest in other["totals"]]


def test_an_energy_beyond_27_bits_wraps_in_the_client_alone(iec870ree_python: str) -> None:
    energies = Maker(30).some_energies(30)
    frame = answer(163, instantaneous.InstantaneousValues((energies,)))
    full = [energy.value for energy in energies.values]
    assert max(full) >= 1 << 27
    assert ours(frame)["192"]["values"] == full
    assert theirs(iec870ree_python, [frame])[0]["192"]["values"] == [value & 0x07FFFFFF for value in full]


def test_an_invalid_energy_is_seen_by_this_library_alone(iec870ree_python: str) -> None:
    frame = answer(163, instantaneous.InstantaneousValues((Maker(31).some_energies(27, invalid=True),)))
    assert ours(frame)["192"]["valid"] == [False] * 6
    assert theirs(iec870ree_python, [frame])[0]["192"]["valid"] == [True] * 6
