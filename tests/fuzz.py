"""Changed frames for the reader, the decoder and the explanation: `python tests/fuzz.py --seconds 600 --seed 1`.

Frames of every type are changed, cut, joined and mixed, and what shows something new is changed further. Whatever
comes, the reader must give the same items for any split of the bytes and lose none of them, and the decoder and the
explanation must give every byte back. The first input that breaks this is printed as hex, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from iec102 import decode
from iec102.asdu import Asdu
from iec102.asdu.explain import explain
from iec102.asdu.summary import summary
from iec102.link import MAX_FRAME, Frame, FrameReader, Garbage
from support.golden import golden_files
from support.real_frames import real_frames

Item = Frame | Garbage
_LONGEST = 3 * MAX_FRAME
_MOST_KEPT = 5_000
_TELLING = bytes((0x00, 0x01, 0x10, 0x16, 0x68, 0x7F, 0x80, 0xFF))
_HEADER = 6
# The share of inputs that are good frames.
_RIGHT = 0.6


class Broken(AssertionError):
    """An input for which something that must hold does not."""

    def __init__(self, data: bytes, why: str) -> None:
        super().__init__(f"{why}: {data.hex(' ')}")


@dataclass
class Fuzz:
    """Inputs from a seed; the same ones in every run, as long as what they show is the same."""

    seed: int
    tried: int = 0
    kept: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self._seen: set[tuple[object, ...]] = set()
        for data in first_inputs():
            self._try(data)

    def run(self, go_on: Callable[[int], bool]) -> None:
        """Tries one input after the other while ``go_on`` of their number says so. Raises Broken."""
        while go_on(self.tried):
            data = self._random.choice(self.kept)
            if self._random.random() < _RIGHT:
                data = self._other_content(data)
            else:
                for _ in range(self._random.randint(1, 3)):
                    data = self._changed(data)
            self._try(data[:_LONGEST])

    def _try(self, data: bytes) -> None:
        self.tried += 1
        try:
            shown = check(data, self._random)
        except Broken:
            raise
        except Exception as error:
            raise Broken(data, f"{type(error).__name__} ({error})") from error
        if not shown <= self._seen and len(self.kept) < _MOST_KEPT:
            self._seen |= shown
            self.kept.append(data)

    def _changed(self, data: bytes) -> bytes:
        random = self._random
        at = random.randint(0, len(data))
        match random.randrange(7):
            case 0:  # a bit
                changed = bytearray(data or b"\0")
                changed[at % len(changed)] ^= 1 << random.randrange(8)
                return bytes(changed)
            case 1:  # a byte
                changed = bytearray(data or b"\0")
                changed[at % len(changed)] = random.choice(_TELLING) if random.random() < 0.5 else random.randrange(256)
                return bytes(changed)
            case 2:
                return data[:at] + random.randbytes(random.randint(1, 8)) + data[at:]
            case 3:
                return data[:at] + data[at + random.randint(1, 8) :]
            case 4:  # something of it twice
                return data[:at] + data[at - random.randint(0, min(at, 20)) :]
            case 5:  # another one behind it, or in the middle of it
                return data[:at] + random.choice(self.kept) + (data[at:] if random.random() < 0.5 else b"")
            case _:
                return data[:at]

    def _other_content(self, data: bytes) -> bytes:
        """A good frame with a changed ASDU: only these get past the checksum and the lengths."""
        random = self._random
        asdus = [item.asdu for item in read(data) if isinstance(item, Frame) and item.asdu]
        asdu = bytearray(random.choice(asdus) if asdus else data[:MAX_FRAME])
        for _ in range(random.randint(1, 4)):
            if not asdu:
                break
            at = random.randrange(min(len(asdu), 20) if random.random() < 0.5 else len(asdu))
            asdu[at] = random.choice(_TELLING) if random.random() < 0.5 else random.randrange(256)
        if random.random() < 0.3:
            asdu = asdu[: random.randint(0, len(asdu))] + random.randbytes(random.choice((0, 0, 1, 5, 40)))
        return Frame(random.choice((0x08, 0x53, 0x73)), 1, bytes(asdu[: MAX_FRAME - 9]) or None).encode()


def first_inputs() -> Iterator[bytes]:
    """A frame of each type, and the captured ones where they are."""
    for path in golden_files():
        yield bytes.fromhex(path.read_text().splitlines()[0])
    for _direction, data in real_frames():
        yield data


def check(data: bytes, random: Random) -> set[tuple[object, ...]]:
    """Raises Broken where something does not hold for this input; gives what it shows, for what is worth keeping."""
    items = read(data)
    cuts = sorted(random.randint(0, len(data)) for _ in range(random.choice((1, 3, 10))))
    if read(data, *cuts) != items:
        raise Broken(data, f"another result when cut at {cuts}")
    place = 0
    for item in items:
        part = _bytes(item)
        while not data.startswith(part, place) and data[place : place + 1] == b"\xff":
            place += 1
        if not data.startswith(part, place):
            raise Broken(data, f"bytes are lost or made up at {place}")
        place += len(part)
    if data[place:].strip(b"\xff"):
        raise Broken(data, f"bytes are lost at the end, from {place}")
    return {shown for item in items for shown in _check_item(data, item)}


def _check_item(data: bytes, item: Item) -> Iterator[tuple[object, ...]]:
    tree = explain(item)
    place = 0
    for leaf in tree.leaves():
        if leaf.start != place or leaf.stop <= place:
            raise Broken(data, f"the explanation leaves a hole or overlaps at {place}")
        place = leaf.stop
    if place != len(_bytes(item)):
        raise Broken(data, f"the explanation ends at {place}")
    if isinstance(item, Garbage):
        yield item.kind, len(item.data).bit_length()
        return
    if not summary(item):
        raise Broken(data, "no summary")
    yield item.control, item.asdu is None
    if item.asdu is None or len(item.asdu) < _HEADER:
        return
    asdu = decode(item)
    if asdu is None or asdu.encode() != item.asdu:
        raise Broken(data, "the decoder does not give the bytes back")
    yield from _shown_by(asdu, len(item.asdu), [leaf.name for leaf in tree.leaves()])


def _shown_by(asdu: Asdu, length: int, names: list[str]) -> Iterator[tuple[object, ...]]:
    yield asdu.type, type(asdu.content), length.bit_length()
    yield asdu.type, len(names).bit_length()
    yield from ((asdu.type, name) for name in names)


def read(data: bytes, *cuts: int) -> list[Item]:
    """All items, the bytes fed in these pieces."""
    reader = FrameReader()
    items: list[Item] = []
    place = 0
    for cut in (*cuts, len(data)):
        items += reader.feed(data[place:cut])
        if reader.pending > MAX_FRAME:
            raise Broken(data, f"{reader.pending} bytes are hoarded")
        place = cut
    items += reader.flush()
    if reader.pending:
        raise Broken(data, f"{reader.pending} bytes stay behind")
    return items


def _bytes(item: Item) -> bytes:
    return item.data if isinstance(item, Garbage) else item.encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--seed", type=int, default=1, help="which inputs (1)")
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds
    fuzz = Fuzz(arguments.seed)
    try:
        fuzz.run(lambda _tried: time.monotonic() < end)
    except Broken as broken:
        sys.exit(f"seed {arguments.seed}, input {fuzz.tried}: {broken}")
    print(f"seed {arguments.seed}: {fuzz.tried:,} inputs, {len(fuzz.kept):,} of them showed something new; all held")


if __name__ == "__main__":
    main()
