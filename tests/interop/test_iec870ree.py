"""A client that nobody here wrote reads the simulated meter, and decodes what this program decodes.

iec870ree 0.14.1 misreads some fields (protocol reference, 8.6 and 8.3). Where that can show, a test names it:
- an energy of type 163 has 30 bits and its own IV in bit 31; the client takes 27 bits, and bit 27 of A+ as the validity
  of all six (so it never sees IV, and wraps above 134,217,727 kWh);
- a block of three values holds the objects 1, 3 and 6; the client numbers them 1, 2 and 3.
"""

import asyncio
import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import iec102
import pytest
from support.iec870ree import BLOCK_OF_THREE, drive
from support.program import run, simulated_meter

ZONE = ZoneInfo("Europe/Madrid")
LINK_ADDRESS, POINT_ADDRESS, KEY = 48915, 3, 20260
METER = [
    *("--tcp", "127.0.0.1:0", "--clock", "2026-11-22T10:00:07+01:00", "--seed", "7"),
    *("--link-address", str(LINK_ADDRESS), "--point-address", str(POINT_ADDRESS), "--password", str(KEY)),
]

# What the client calls a register, and what the protocol does.
REGISTERS = {"profiles": 11, "quarter_hour": 12, "daily_billings": 21}
SPRING = ("2026-03-28T00:00", "2026-03-30T00:00")  # 24 + 23 hours
AUTUMN = ("2026-10-24T00:00", "2026-10-26T00:00")  # 24 + 25 hours
# Each reading with the number of records that its range holds: the meter gives those at both bounds.
READINGS = {
    f"absolute,profiles,{AUTUMN[0]},{AUTUMN[1]}": 50,
    f"incremental,profiles,{AUTUMN[0]},{AUTUMN[1]}": 50,
    f"absolute,profiles,{SPRING[0]},{SPRING[1]}": 48,
    f"incremental,profiles,{SPRING[0]},{SPRING[1]}": 48,
    "incremental,quarter_hour,2026-11-21T00:00,2026-11-22T00:00": 97,
    "absolute,daily_billings,2026-10-20T00:00,2026-10-30T00:00": 11,
    "incremental,daily_billings,2026-10-20T00:00,2026-10-30T00:00": 11,
    "blocks,profiles,2026-10-25T00:00,2026-10-26T00:00,0": 26,
    "blocks,profiles,2026-10-25T00:00,2026-10-26T00:00,1": 26,
    "blocks,profiles,2026-10-25T00:00,2026-10-26T00:00,2": 26,
}
NEVER_STORED = "incremental,profiles,2001-01-01T00:00,2001-01-02T00:00"


def client_session(python: str, url: str, *readings: str, key: int = KEY) -> dict[str, Any]:
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    numbers = map(str, (port, LINK_ADDRESS, POINT_ADDRESS, key))
    result: dict[str, Any] = drive(python, "session", host, *numbers, *readings)
    return result


@pytest.fixture(scope="module")
def meter() -> Iterator[str]:
    with simulated_meter(*METER) as url:
        yield url


@pytest.fixture(scope="module")
def theirs(iec870ree_python: str, meter: str) -> dict[str, Any]:
    """One session of the client with everything that is compared."""
    return client_session(iec870ree_python, meter, *READINGS, NEVER_STORED)


connect = partial(iec102.connect, link_address=LINK_ADDRESS, point_address=POINT_ADDRESS, password=KEY)


def utc(when: datetime | None) -> str:
    assert when is not None
    return when.astimezone(UTC).isoformat()


def test_the_client_starts_the_link_and_logs_in(theirs: dict[str, Any]) -> None:
    assert theirs["version"] == "0.14.1"
    assert theirs["link_status"] == 11
    assert theirs["login"] == {"cause": 7, "negative": False}


def test_identity_and_clock_are_the_same(theirs: dict[str, Any], meter: str) -> None:
    async def ours() -> tuple[Any, Any]:
        async with connect(meter) as client:
            return await client.read_identity(), await client.read_clock()

    identity, clock = asyncio.run(ours())
    assert theirs["identity"] == {
        "standard": f"{identity.month}/{identity.year}",
        "manufacturer": identity.manufacturer,
        "device": identity.device_id,
    }
    assert theirs["clock"] == "2026-11-22T09:00:07+00:00" == utc(clock.meter)


@pytest.mark.parametrize("reading", READINGS)
def test_totals_are_the_same(theirs: dict[str, Any], meter: str, reading: str) -> None:
    method, register, first, last, *layout = reading.split(",")
    start, end = (datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (first, last))

    async def ours() -> Any:
        async with connect(meter) as client:
            return await client.read_totals(start, end, register=REGISTERS[register], incremental=method != "absolute")

    records = theirs["readings"][reading]
    assert len(records) == READINGS[reading]
    expected = [
        {"time": utc(answer.time.utc(ZONE)), "totals": [[t.address, t.value, t.quality] for t in answer.totals]}
        for answer in asyncio.run(ours())
    ]
    if layout in (["1"], ["2"]):
        objects = {1: range(1, 7), 2: BLOCK_OF_THREE.values()}[int(layout[0])]
        expected = [only(record, objects) for record in expected]
    if layout == ["2"]:
        records = [renumbered(record) for record in records]
    assert records == expected


def only(record: dict[str, Any], objects: Collection[int]) -> dict[str, Any]:
    return record | {"totals": [total for total in record["totals"] if total[0] in objects]}


def renumbered(record: dict[str, Any]) -> dict[str, Any]:
    return record | {"totals": [[BLOCK_OF_THREE[number], *rest] for number, *rest in record["totals"]]}


def test_a_day_of_the_change_of_hour_has_its_hours_once_each(theirs: dict[str, Any]) -> None:
    for (first, last), hours in ((SPRING, 1 + 47), (AUTUMN, 1 + 49)):
        times = [record["time"] for record in theirs["readings"][f"incremental,profiles,{first},{last}"]]
        assert times == sorted(set(times))
        assert len(times) == hours


def test_increments_are_the_differences_of_absolute_totals(theirs: dict[str, Any]) -> None:
    absolute, incremental = (
        theirs["readings"][f"{method},profiles,{AUTUMN[0]},{AUTUMN[1]}"] for method in ("absolute", "incremental")
    )
    for before, after, increment in zip(absolute, absolute[1:], incremental[1:], strict=False):
        for (_, old, _), (_, new, _), (_, difference, _) in zip(
            before["totals"][:6], after["totals"][:6], increment["totals"][:6], strict=True
        ):
            assert new - old == difference


def test_a_period_that_is_not_stored_is_refused_in_words_that_the_client_knows(theirs: dict[str, Any]) -> None:
    assert theirs["readings"][NEVER_STORED] == {"refused": "IntegrationPeriodNotAvailable"}


def test_instantaneous_values_equal_what_read_prints(theirs: dict[str, Any], meter: str) -> None:
    done = run(
        *("read", meter, "--json", "--link-address", str(LINK_ADDRESS), "--point-address", str(POINT_ADDRESS)),
        IEC102_PASSWORD=str(KEY),
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    ours = {signal["key"]: (signal["value"], signal["valid"]) for signal in printed["signals"]}
    values = theirs["instantaneous"]
    assert ours == signals(values)
    assert max(values["192"]["values"]) < 1 << 27, "beyond this the client wraps, and the comparison proves nothing"
    assert {part["time"] for part in values.values()} == {utc(datetime.fromisoformat(printed["meter_time"]))}


def signals(values: dict[str, Any]) -> dict[str, tuple[float, bool]]:
    """The client's answer 163 as the 24 signals, signs as this program gives them."""
    found = {}
    names = ("active_imported", "active_exported", "reactive_q1", "reactive_q2", "reactive_q3", "reactive_q4")
    energies = values["192"]
    for name, value, valid in zip(names, energies["values"], energies["valid"], strict=True):
        found[f"energy.{name}"] = (value, valid)
    for phase, power in zip(("total", "l1", "l2", "l3"), values["193"]["values"], strict=True):
        active, reactive, factor, exported, lower_half, valid = power
        found[f"power.active_{phase}"] = (-active if exported else active, valid)
        found[f"power.reactive_{phase}"] = (-reactive if lower_half else reactive, valid)
        found[f"power.factor_{phase}"] = (factor, valid)
    for phase, (current, voltage, valid) in zip(("l1", "l2", "l3"), values["194"]["values"], strict=True):
        found[f"vi.current_{phase}"] = (current, valid)
        found[f"vi.voltage_{phase}"] = (voltage, valid)
    return found


def test_a_wrong_key_is_refused_as_the_client_expects(iec870ree_python: str, meter: str) -> None:
    assert client_session(iec870ree_python, meter, key=KEY + 1)["login"] == {"cause": 7, "negative": True}


def test_fill_bytes_and_negative_errors_change_nothing_for_the_client(
    iec870ree_python: str, theirs: dict[str, Any]
) -> None:
    daily = "absolute,daily_billings,2026-10-20T00:00,2026-10-30T00:00"
    with simulated_meter(*METER, "--quirk", "fill-ff", "--quirk", "negative-errors") as url:
        found = client_session(iec870ree_python, url, daily, NEVER_STORED)
    assert found == theirs | {"readings": {name: theirs["readings"][name] for name in (daily, NEVER_STORED)}}
