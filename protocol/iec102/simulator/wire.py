"""What a serial port makes of bytes that came with another speed or format than its own."""

from __future__ import annotations

from iec102.simulator.config import LineSpeed


def heard(data: bytes, sent: LineSpeed, port: LineSpeed, *, checked: bool) -> bytes:
    """The bytes that a ``port`` reads when ``data`` are ``sent`` to it without a pause.

    ``checked``: what comes with a wrong parity or without its stop bit is dropped, as meters do; the driver of this
    machine's ports hands it over as it is. Only the first stop bit is looked at, as all such ports do.
    """
    line = [bit for byte in data for bit in _bits(byte, sent)]
    step = sent.baudrate / port.baudrate
    read = bytearray()
    place = 0
    while (start := _falling_edge(line, place)) is not None:
        first, *bits, stop = _samples(line, start, step, 1 + port.data_bits + (port.parity != "N") + 1)
        if first:
            place = start + 1  # shorter than half a bit: no start bit
            continue
        place = max(start + 1, int(start + (len(bits) + 1.5) * step))
        value = sum(bit << number for number, bit in enumerate(bits[: port.data_bits]))
        if not checked or (stop and bits[port.data_bits :] == _parity(value, port)):
            read.append(value)
    return bytes(read)


def _bits(byte: int, speed: LineSpeed) -> list[int]:
    value = byte & ((1 << speed.data_bits) - 1)
    data = [value >> number & 1 for number in range(speed.data_bits)]
    return [0, *data, *_parity(value, speed), *[1] * speed.stop_bits]


def _parity(value: int, speed: LineSpeed) -> list[int]:
    if speed.parity == "N":
        return []
    return [value.bit_count() % 2 ^ (speed.parity == "O")]


def _falling_edge(line: list[int], place: int) -> int | None:
    """Where the next start bit begins; in front of everything the line is high."""
    return next((at for at in range(place, len(line)) if not line[at] and (at == 0 or line[at - 1])), None)


def _samples(line: list[int], start: int, step: float, count: int) -> list[int]:
    """The line in the middle of each bit of the port; high where nothing is sent any more."""
    places = (int(start + (number + 0.5) * step) for number in range(count))
    return [line[place] if place < len(line) else 1 for place in places]
