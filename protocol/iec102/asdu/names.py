"""Plain names of the codes that frames carry (REE profile reference, 3.1, 6, 7, 8.5 and 8.7)."""

from __future__ import annotations

from collections.abc import Mapping

NOT_IN_REFERENCE = "not in the reference"

CAUSES = {
    4: "initialised",
    5: "request or requested",
    6: "activation",
    7: "activation confirmation",
    8: "deactivation",
    9: "deactivation confirmation",
    10: "activation termination",
    13: "record not available",
    14: "type not available",
    15: "record unknown",
    16: "address unknown",
    17: "object not available",
    18: "integration period not available",
}

RECORDS = {
    0: "default",
    1: "totals of the accounting period",
    11: "load profile 1 (hourly)",
    12: "load profile 2 (usually quarter-hourly)",
    13: "load profile 3",
    21: "daily values 1",
    22: "daily values 2",
    23: "daily values 3",
    31: "monthly values 1",
    32: "monthly values 2",
    33: "monthly values 3",
    41: "yearly values 1",
    42: "yearly values 2",
    43: "yearly values 3",
    52: "events 1: restarts, voltage under limits",
    53: "events 2: synchronisation, clock change",
    54: "events 3: parameter changes",
    55: "events 4: internal errors",
    128: "events 5: intrusion",
    129: "events 6: communications",
    130: "events 7: private key",
    131: "events 8: contract I",
    132: "events 9: contract II",
    133: "events 10: contract III",
    134: "tariff information, contract I",
    135: "tariff information, contract II",
    136: "tariff information, contract III",
    137: "latent contract I",
    138: "latent contract II",
    139: "latent contract III",
}

_MANUFACTURER_EVENTS = range(200, 228)

OBJECTS = {
    1: "A+ imported, grid -> site",
    2: "A- exported, site -> grid",
    3: "Ri+ reactive Q1",
    4: "Rc+ reactive Q2",
    5: "Ri- reactive Q3",
    6: "Rc- reactive Q4",
    7: "reserve 1",
    8: "reserve 2",
    9: "block of eight values",
    10: "block of six values",
    11: "block of three values",
    20: "tariff totals",
} | {20 + period: f"tariff period {period}" for period in range(1, 10)}

INSTANTANEOUS_OBJECTS = {192: "energies", 193: "powers", 194: "voltages and currents"}

TARIFF_OBJECTS = {
    192: "special days",
    193: "seasons",
    194: "reset",
    195: "monthly closings",
    196: "latent activation date",
    197: "current period",
}

RECORDER_OBJECTS = {
    192: "battery",
    193: "automatic summer time",
    194: "shortest time between closings",
    195: "alarms",
    196: "voltage fault detection",
    197: "curve periods",
    198: "transformer ratios",
    199: "clock source",
    200: "program identifier",
    201: "closing by push-button",
}

SERIAL_SPEEDS = {0: "not available", 255: "other"} | {
    code: f"{rate} bit/s"
    for code, rate in enumerate((300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200), 1)
}
_FORMATS = ("7N1", "7E1", "7O1", "7N2", "7E2", "7O2", "8N1", "8E1", "8O1", "8N2", "8E2", "8O2")
SERIAL_FORMATS = {0: "not available"} | dict(enumerate(_FORMATS, 1))

CONTRACT_NAMES = {1: "I", 2: "II", 3: "III"}
CONTRACT_NUMBERS = {name: number for number, name in CONTRACT_NAMES.items()}

EVENTS: dict[tuple[int, int], str] = {
    (1, 1): "system restart, data before the restart lost",
    (1, 2): "start after power failure, data and clock kept",
    (3, 0): "supply voltage under limits or power failure",
    (3, 1): "measuring voltage failure, phase 1",
    (3, 2): "measuring voltage failure, phase 2",
    (3, 3): "measuring voltage failure, phase 3",
    (7, 2): "clock differs significantly from the recorder",
    (7, 9): "clock change, old time",
    (7, 11): "clock change, new time",
    (15, 0): "parameters changed",
    (15, 1): "communication port changed by command",
    (16, 0): "private key changed",
    (18, 1): "intrusion",
    (18, 2): "communication session with a reader",
    (18, 3): "communication session with a portable terminal",
    (18, 4): "GPS communication",
}
for _index, _contract in enumerate(CONTRACT_NUMBERS):
    EVENTS |= {
        (7, 21 + _index): f"billing closed by command, contract {_contract}",
        (15, 21 + _index): f"parameters changed, contract {_contract}",
        (15, 24 + _index): f"contracted power changed by command, contract {_contract}",
        (15, 27 + _index): f"holidays changed by command, contract {_contract}",
        (18, 21 + _index): f"communication for contract {_contract}",
    }


_SENSES = {(3, 1): ("end", "start"), (3, 2): ("end", "start"), (3, 3): ("end", "start")} | {
    (18, 2): ("end", "start"),
    (18, 3): ("end", "start"),
    (18, 4): ("recovered", "lost"),
}


def event_sense_words(address: int, qualifier: int, indication: int) -> str:
    """What SPI 0 and 1 say of an event; empty where they carry no meaning."""
    senses = _SENSES.get((address, qualifier))
    return "" if senses is None else senses[indication]


def event_sense(address: int, qualifier: int, indication: int) -> str:
    """What SPI 0 and 1 say of an event; only the number where they carry no meaning."""
    words = event_sense_words(address, qualifier, indication)
    return f"{indication}: {words}" if words else str(indication)


def named(code: int, names: Mapping[int, str]) -> str:
    """``18: "integration period ..."``; an unknown code stays visible as its number."""
    return f"{code}: {names.get(code, NOT_IN_REFERENCE)}"


def record_name(record: int) -> str:
    """The content of a record address (direccion de registro)."""
    if record in _MANUFACTURER_EVENTS:
        return f"{record}: events of the manufacturer (ZIV)"
    return named(record, RECORDS)


def event_words(address: int, qualifier: int) -> str:
    """The meaning of an event by SPA and SPQ. Some meters file 15/1 and 15/21 to 23 under 16: both are read."""
    text = EVENTS.get((address, qualifier))
    if text is None and address == 16:
        text = EVENTS.get((15, qualifier))
    if text is None and address == 19:
        text = "internal error, meaning set by the manufacturer"
    return text or NOT_IN_REFERENCE


def event_name(address: int, qualifier: int) -> str:
    """SPA and SPQ with their meaning."""
    return f"{address}/{qualifier}: {event_words(address, qualifier)}"
