"""Frames a second from bytes of the line to values, against iec870ree 0.14.1 on the same frames.

Every value is made, on both sides: the 24 signals and their three times, the totals with their qualifiers, times as
datetimes with a zone. The bytes come in chunks as from a line (iec870ree takes them one by one), and no two frames are
alike. iec870ree runs in an environment of its own, which IEC870REE_PYTHON names by its interpreter, or which is made.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from iec102.application import (
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
from iec102.signals import signal_values
from report import Row, table
from support.iec870ree import NotInstalled, interpreter

CLIENT = Path(__file__).with_name("iec870ree_decode.py")
FIRST = datetime(2025, 11, 1, tzinfo=UTC)
# So many frames a round, enough for a round of at least a hundredth of a second on either side.
OUR_FRAMES, THEIR_FRAMES = 2_000, 50


def tag(minutes: int) -> TimeTagA:
    return TimeTagA.of(FIRST + timedelta(minutes=minutes))


def eight_totals(hour: int) -> tuple[Total, ...]:
    """Six channels that change from hour to hour, and the two reserves as real meters send them."""
    channels = (Total(address, hour * 7919 * address % 100_000) for address in range(1, 7))
    return (*channels, Total(7, 0, 0x80), Total(8, 0, 0x80))


def instantaneous(number: int) -> Asdu:
    """Three objects, the 24 signals."""
    time_tag = tag(number)
    energies = Energies(tuple(Energy(8_920_624 + number * factor) for factor in range(1, 7)), time_tag)
    power = [Power(8 + number % 97 + phase, 3 + number % 31, 922 - number % 80) for phase in range(4)]
    phases = [VoltageCurrent(12 + number % 41 + phase, 2389 - number % 50) for phase in range(3)]
    objects = (energies, Powers(*power, time_tag), VoltagesCurrents(*phases, time_tag))
    return Asdu(163, Cause.REQUEST, content=InstantaneousValues(objects))


def totals(number: int) -> Asdu:
    """Eight objects of one hour."""
    return Asdu(11, Cause.REQUEST, record=11, content=IntegratedTotals(eight_totals(number), tag(60 * number)))


def blocks(number: int) -> Asdu:
    """Eight objects of five hours each."""
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


def our_speed(make: Callable[[int], Asdu], chunk: int, rounds: int) -> float:
    """Frames a second, the best round."""
    stream = b"".join(frames(make, OUR_FRAMES))
    chunks = [stream[position : position + chunk] for position in range(0, len(stream), chunk)]
    durations = []
    for _ in range(rounds):
        begin = time.perf_counter()
        count = read(chunks)
        durations.append(time.perf_counter() - begin)
        assert count == OUR_FRAMES
    return OUR_FRAMES / min(durations)


def their_speeds(rounds: int) -> dict[int, float]:
    """The same of iec870ree. Raises NotInstalled."""
    lines = [f"{type_} {frame.hex()}" for type_, (make, _) in CASES.items() for frame in frames(make, THEIR_FRAMES)]
    with tempfile.TemporaryDirectory(prefix="iec870ree-") as folder:
        command = [interpreter(Path(folder)), "-I", str(CLIENT), str(rounds)]
        done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True)
    return {int(type_): speed for type_, speed in json.loads(done.stdout).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="the best of so many rounds counts, on both sides (15)")
    parser.add_argument("--chunk", type=int, default=64, help="bytes a chunk (64)")
    arguments, _ = parser.parse_known_args()
    try:
        theirs = their_speeds(arguments.rounds)
    except NotInstalled as error:
        theirs = {}
        print(f"Without the comparison: {error}")
    for type_, (make, target) in CASES.items():
        ours = our_speed(make, arguments.chunk, arguments.rounds)
        rows = [Row("this library", ours, "frames/s")]
        if type_ in theirs:
            rows += [
                Row("iec870ree 0.14.1", theirs[type_], "frames/s"),
                Row("times as fast", ours / theirs[type_], "", target, at_least=True),
            ]
        table(f"Decoding type {type_} in chunks of {arguments.chunk} bytes: {make.__doc__}", rows)


if __name__ == "__main__":
    main()
