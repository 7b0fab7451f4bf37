"""A full reading of what a meter knows over a line of 9600-8E1: alone, and beside live reading once a second.

Info, tariff, the last three closings of three contracts, all events of a year, from the simulated meter on a pty in a
process of its own; against the time that its bytes need on the wire.
"""

import argparse
import asyncio

from report import Row, table
from support.full_reading import Cost, full_reading
from support.program import simulated_meter

METER = ("--pty", "--clock", "2026-11-22T10:00:07+01:00", "--seed", "7", "--line", "9600-8E1")
BYTE = 11 / 9600


def reading(*, live: bool) -> Cost:
    with simulated_meter(*METER) as url:
        return asyncio.run(full_reading(url, live=live))[1]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_known_args()
    alone, beside = reading(live=False), reading(live=True)
    wire = alone.octets * BYTE
    table(
        "What a meter knows, at 9600-8E1",
        (
            Row("its bytes on the wire", wire, "s"),
            Row("alone", alone.seconds, "s", 1.1 * wire),
            Row("beside live reading, without the time of that", beside.seconds - beside.live, "s", 1.1 * wire),
            Row("oldest live reading", beside.oldest, "s", 3.0),
        ),
    )
