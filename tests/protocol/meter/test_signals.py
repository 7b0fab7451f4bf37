"""The 24 signals: their catalogue, and their values in an answer."""

from __future__ import annotations

from iec102.asdu import InstantaneousValues, decode_asdu
from iec102.asdu.instantaneous import Power, Powers, TimeTagA, VoltageCurrent, VoltagesCurrents
from iec102.meter.signals import BY_KEY, SIGNALS, signal_values

REAL_ANSWER = bytes.fromhex(
    "A3 03 05 01 00 00 C0 62 E7 03 00 D2 0F 01 00 99 B1 00 00 5E 25 00 00 9D 01 00 00 06 0B 00 00 37 92 6E 04 15"
    "C1 08 00 00 03 00 00 9A 03 02 00 00 00 00 00 DC 01 03 00 00 01 00 00 05 02 02 00 00 01 00 00 AA 01 37 92 6E 04 15"
    "C2 0C 00 00 55 09 00 00 0D 00 00 55 09 00 00 0C 00 00 47 09 00 00 37 92 6E 04 15"
)


def test_the_catalogue_is_that_of_the_contract() -> None:
    assert [signal.key for signal in SIGNALS] == [
        "energy.active_imported",
        "energy.active_exported",
        "energy.reactive_q1",
        "energy.reactive_q2",
        "energy.reactive_q3",
        "energy.reactive_q4",
        "power.active_total",
        "power.reactive_total",
        "power.factor_total",
        "power.active_l1",
        "power.reactive_l1",
        "power.factor_l1",
        "power.active_l2",
        "power.reactive_l2",
        "power.factor_l2",
        "power.active_l3",
        "power.reactive_l3",
        "power.factor_l3",
        "vi.current_l1",
        "vi.voltage_l1",
        "vi.current_l2",
        "vi.voltage_l2",
        "vi.current_l3",
        "vi.voltage_l3",
    ]
    assert BY_KEY["energy.reactive_q1"].label == "Reactive Q1"
    assert BY_KEY["power.factor_l1"].label == "Power factor phase 1"
    assert [BY_KEY[key].unit for key in ("energy.active_imported", "power.reactive_l1", "power.factor_total")] == [
        "kWh",
        "kVAr",
        None,
    ]


def test_the_values_of_a_real_answer() -> None:
    asdu = decode_asdu(REAL_ANSWER)
    assert asdu is not None
    assert isinstance(asdu.content, InstantaneousValues)
    values = signal_values(asdu.content)
    assert list(values) == [signal.key for signal in SIGNALS]
    assert values["energy.active_imported"].value == 255_842
    assert values["power.active_total"].value == 8
    assert values["power.factor_total"].value == 0.922
    assert values["vi.current_l2"].value == 1.3
    assert values["vi.voltage_l3"].value == 237.5
    assert all(value.valid for value in values.values())


def test_power_carries_its_direction() -> None:
    power = Power(5, 7, 900, exporting=True, reactive_negative=True)
    values = signal_values(InstantaneousValues((Powers(power, power, power, power, TimeTagA(0)),)))
    assert (values["power.active_total"].value, values["power.reactive_l3"].value) == (-5, -7)


def test_an_invalid_value_keeps_its_number_and_says_so() -> None:
    good, bad = VoltageCurrent(10, 2300), VoltageCurrent(10, 2300, invalid=True)
    values = signal_values(InstantaneousValues((VoltagesCurrents(good, bad, good, TimeTagA(0)),)))
    assert (values["vi.voltage_l2"].value, values["vi.voltage_l2"].valid) == (230.0, False)
    assert values["vi.voltage_l1"].valid


def test_signals_of_an_object_that_was_not_sent_have_no_value() -> None:
    values = signal_values(InstantaneousValues(()))
    assert len(values) == 24
    assert {(value.value, value.valid) for value in values.values()} == {(None, False)}
