"""Frames a second from bytes of the line to values, against iec870ree 0.14.1 on the same frames.

Every value is made, on both sides: the 24 signals and their three times, the totals with their qualifiers, times as
datetimes with a zone. The bytes come in chunks as from a line (iec870ree takes them one by one), and no two frames are
alike. iec870ree runs in an environment of its own, which IEC870REE_PYTHON names by its interpreter, or which is made.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from iec102.asdu import (
    Asdu,
    Block,
    Cause,
    Energies,
    Energy,
    InstantaneousValues,
    IntegratedTotals,
    Power,
    Powers,
    TimeTagA,
    Total,
    TotalBlocks,
    VoltageCurrent,
    VoltagesCurrents,
    decode,
)
from iec102.link import Frame, FrameReader
from iec102.meter.signals import signal_values
from report import Row, table
from support.iec870ree import NotInstalled, interpreter

CLIENT = Path(__file__).with_name("iec870ree_decode.py")
FIRST = datetime(2025, 11, 1, tzinfo=UTC)
# So many frames a round: of type 163 about a twentieth of a second on either side.
OUR_FRAMES, THEIR_FRAMES = 2_000, 20


def tag(minutes: int) -> TimeTagA:
    return TimeTagA.of(FIRST + timedelta(minutes=minutes))


def eight_totals(hour: int) -> tuple[Total, ...]:
    """Six channels that change from hour to hour, and the two reserves as real meters send them."""
    channels = (Total(address, hour * 7919 * address % 100_000) for address in range(1, 7))
    return (*channels, Total(7, 0, 0x80), Total(8, 0, 0x80))


def instantaneous(number: int) -> Asdu:
    """three objects with 24 signals"""
    time_tag = tag(number)
    energies = Energies(tuple(Energy(8_920_624 + number * factor) for factor in range(1, 7)), time_tag)
    power = [Power(8 + number % 97 + phase, 3 + number % 31, 922 - number % 80) for phase in range(4)]
    phases = [VoltageCurrent(12 + number % 41 + phase, 2389 - number % 50) for phase in range(3)]
    objects = (energies, Powers(*power, time_tag), VoltagesCurrents(*phases, time_tag))
    return Asdu(163, Cause.REQUEST, content=InstantaneousValues(objects))


def totals(number: int) -> Asdu:
    """eight objects of one hour"""
    return Asdu(11, Cause.REQUEST, record=11, content=IntegratedTotals(eight_totals(number), tag(60 * number)))


def blocks(number: int) -> Asdu:
    """eight objects of each of five hours"""
    hours = range(5 * number, 5 * number + 5)
    content = TotalBlocks(tuple(Block(9, eight_totals(hour), tag(60 * hour)) for hour in hours))
    return Asdu(140, Cause.REQUEST, record=11, content=content)


# What is measured, and how many times as fast as iec870ree it has to be.
CASES: dict[int, tuple[Callable[[int], Asdu], float]] = {163: (instantaneous, 80), 140: (blocks, 40), 11: (totals, 25)}


def frames(make: Callable[[int], Asdu], count: int) -> list[bytes]:
    return [Frame(0x08, 1, make(number).encode()).encode() for number in range(count)]


def make_values(asdu: Asdu) -> None:
    """What decoding leaves until it is asked for; totals and qualifiers it has made already."""
    content = asdu.content
    if isinstance(content, InstantaneousValues):
        signal_values(content)
        for part in content.objects:
            part.time.local()
    elif isinstance(content, IntegratedTotals):
        content.time.local()
    elif isinstance(content, TotalBlocks):
        for block in content.blocks:
            block.time.local()


def read(chunks: Iterable[bytes]) -> int:
    """The number of frames whose values were made."""
    reader, count = FrameReader(), 0
    for chunk in chunks:
        for item in reader.feed(chunk):
            assert isinstance(item, Frame)
            asdu = decode(item)
            assert asdu is not None
            make_values(asdu)
            count += 1
    return count


def our_speeds(streams: dict[int, list[bytes]], rounds: int) -> dict[int, float]:
    """Frames a second of each type, the best round."""
    speeds = {}
    for type_, chunks in streams.items():
        durations = []
        for _ in range(rounds):
            begin = time.perf_counter()
            count = read(chunks)
            durations.append(time.perf_counter() - begin)
            assert count == OUR_FRAMES
        speeds[type_] = OUR_FRAMES / min(durations)
    return speeds


def their_speeds(python: str, rounds: int) -> dict[int, float]:
    """The same of iec870ree."""
    lines = [f"{type_} {frame.hex()}" for type_, (make, _) in CASES.items() for frame in frames(make, THEIR_FRAMES)]
    command = [python, "-I", str(CLIENT), str(rounds)]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True)
    return {int(type_): speed for type_, speed in json.loads(done.stdout).items()}


def chunked(stream: bytes, size: int) -> list[bytes]:
    return [stream[position : position + size] for position in range(0, len(stream), size)]


def client(folder: str) -> str | None:
    """The interpreter with iec870ree; None, and a sentence on the screen, where it cannot be had."""
    if "IEC870REE_PYTHON" not in os.environ:
        print("Installing iec870ree 0.14.1 in a temporary environment; IEC870REE_PYTHON would name one that is there.")
    try:
        return interpreter(Path(folder))
    except NotInstalled as error:
        print(f"Without the comparison: {error}")
        return None


def best(passes: list[dict[int, float]], type_: int) -> float:
    return max(speeds[type_] for speeds in passes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=4, help="how often the two take turns (4)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of a turn; the best of all counts (5)")
    parser.add_argument("--chunk", type=int, default=64, help="bytes a chunk (64)")
    arguments, _ = parser.parse_known_args()
    streams = {
        type_: chunked(b"".join(frames(make, OUR_FRAMES)), arguments.chunk) for type_, (make, _) in CASES.items()
    }
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(prefix="iec870ree-") as folder:
        python = client(folder)
        for _ in range(arguments.passes):
            ours.append(our_speeds(streams, arguments.rounds))
            if python is not None:
                theirs.append(their_speeds(python, arguments.rounds))
    for type_, (make, target) in CASES.items():
        rows = [Row("this library", best(ours, type_), "frames/s")]
        if theirs:
            ratio = best(ours, type_) / best(theirs, type_)
            rows += [
                Row("iec870ree 0.14.1", best(theirs, type_), "frames/s"),
                Row("times as fast", ratio, "", target, at_least=True),
            ]
        table(f"Decoding type {type_}, {make.__doc__}, in chunks of {arguments.chunk} bytes", rows)


if __name__ == "__main__":
    main()
