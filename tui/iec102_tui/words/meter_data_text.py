"""The words of the meter-data pane: what a meter knows besides its values."""

from __future__ import annotations

from functools import lru_cache

from iec102.asdu.names import NOT_IN_REFERENCE, event_sense_words, event_words

from iec102_tui.words.text import N_, _

WHO = N_("meter data")
THE_READING = N_("The reading of the meter data")

STEPS = {
    "identity": N_("identity"),
    "configuration": N_("configuration"),
    "clock": N_("clock"),
    "recorder": N_("configuration of the recorder"),
    "point": N_("parameters of the measuring point"),
    "summer_time": N_("dates of summer time"),
    "powers": N_("contracted powers of contract {contract}"),
    "seasons": N_("seasons of contract {contract}"),
    "holidays": N_("holidays of contract {contract}"),
    "current": N_("running period of contract {contract}"),
    "closings": N_("closings of contract {contract}"),
    "events": N_("events of record {record}"),
}
"""What is asked for, by kind."""

_PLACES = {
    name.replace(" ", "_"): name
    for name in (
        *(N_("manufacturer"), N_("device"), N_("model"), N_("firmware"), N_("standard"), N_("protocol date")),
        *(N_("battery percent"), N_("ports"), N_("name"), N_("speed"), N_("format"), N_("start mode")),
        *(N_("start string"), N_("ratios"), N_("primary voltage v"), N_("secondary voltage v")),
        *(N_("primary current a"), N_("secondary current a"), N_("integration periods minutes"), N_("contracts")),
        *(N_("contract"), N_("state"), N_("automatic summer time"), N_("shortest closing minutes")),
        *(N_("critical alarm"), N_("other alarm"), N_("voltage fault detection"), N_("load profile periods minutes")),
        *(N_("clock source"), N_("program"), N_("closing by button"), N_("link address"), N_("points")),
        *(N_("point address"), N_("key"), N_("integration period minutes"), N_("depth"), N_("begins"), N_("ends")),
        *(N_("valid from"), N_("periods"), N_("period"), N_("contracted kw"), N_("year"), N_("month"), N_("day")),
        *(N_("direction"), N_("kind"), N_("active since"), N_("seasons"), N_("working day type")),
        *(N_("holiday type"), N_("day types"), N_("day type"), N_("periods by hour")),
    )
}
"""The names that documents.py gives, as they are read."""


def place_of(name: str) -> str:
    """Where in a document a value stands: ``ports 1 speed`` for ``ports 1 speed_words``."""
    parts = name.removesuffix("_words").split(" ")
    return " ".join(_(_PLACES.get(part, part.replace("_", " "))) for part in parts)


READING = N_("reading {what}, {done} of {steps}")
READ_AT = N_("read {time}")
PART_READ_AT = N_("{what}: read {time}")
READ_ALL = N_("read {time}: g reads all again")
UNFINISHED = N_("read {time}, but the meter did not end an answer: g asks again")
FAILED = N_("! {why}. g asks again")
NOT_KEPT = N_("kept until the program ends: {why}")
WAITING = N_("waiting for the meter")
NO_METER = N_("There is no meter to ask: connect to one first (F1).")
NOTHING_TO_EXPORT = N_("There is nothing to export yet: g reads the meter data.")

EMPTY = (
    N_("Nothing is known of this meter besides its values"),
    N_(
        "Meter data are its identity and configuration, its clock with the drift, the closings (cierres) of each "
        "contract with maxima and contracted power, and its events."
    ),
    N_("g reads them beside live reading; F1 connects to a meter."),
    N_("From a shell: iec102-tui info north, iec102-tui closings north, iec102-tui events north --new"),
)
"""The empty pane: what it is, what fills it, and an example."""

ABOUT, CLOCK, EVENTS = N_("Identity and configuration"), N_("Clock"), N_("Events")
CLOSINGS_OF = N_("Closings (cierres), contract {contract}")
TABS = (N_("Identity"), CLOCK, N_("Closings {contract}"), EVENTS)

MANUFACTURER, MANUFACTURER_CODE = N_("manufacturer"), N_("code {code}")
DEVICE, DEVICE_MODEL = N_("device"), N_("{device}, model {model}, firmware {firmware}")
STANDARD = N_("standard of")
POINT, POINT_OF = N_("point"), N_("{point} of {points}, link address {link}")
PERIODS, MINUTES = N_("periods"), N_("{minutes} min")
RATIOS, RATIO_VALUES = N_("ratios"), N_("V {volts}   I {amperes}")
PORT, OPTICAL_PORT = N_("serial port {name}"), N_("optical port")
BATTERY, PERCENT = N_("battery"), N_("{percent} %")
CONTRACTS, CONTRACT_STATE = N_("contracts"), N_("{contract} {state}")
STATES = (N_("not available"), N_("inactive"), N_("active"))
CLOCK_SOURCE = N_("clock source")
CLOCK_SOURCES = {"network": N_("network"), "quartz": N_("quartz")}
AUTOMATIC, NOT_AUTOMATIC = N_("summer time automatic"), N_("summer time not automatic")
ALARMS, ALARM_STATES = N_("alarms"), N_("critical {critical}, other {other}")
VOLTAGE_FAULTS = N_("voltage faults")
SUMMER_TIME, FROM_TO = N_("summer time"), N_("{start} to {end}")
PROGRAM = N_("program")
SHORTEST, BUTTON = N_("shortest closing"), N_("closing button")
ON, OFF, UNKNOWN = N_("on"), N_("off"), N_("not known")
NONE_SENSIBLE = N_("none that make sense")
CHANGED, CHANGED_TO = N_("changed"), N_("{name} was {before}, is {after} since {time}")
NOT_TOLD, NOT_TOLD_COUNT = N_("not told"), (N_("{count} kind of data (Enter)"), N_("{count} kinds of data (Enter)"))
LACKS = N_("{what}: {why} (type {type}, asked {time})")
LACK_CAUSES = {
    13: N_("nothing is stored"),
    14: N_("the meter does not have it"),
    15: N_("the meter does not know the record"),
    16: N_("the meter does not know the address"),
    17: N_("the meter does not have the object"),
    18: N_("nothing is stored of this time"),
}
NO_ANSWER, NOT_UNDERSTOOD = N_("no usable answer"), N_("the answer is not understood")
OBJECT = N_("{what}, object {object}")
MORE = N_("{count} more: Enter")
UNVERIFIED = N_(
    "Not verified in frames of a real meter: the recorder, the parameters of the measuring point, the dates of summer "
    "time, contracted powers, holidays, and which value of SPI begins something."
)

METER_CLOCK, THIS_MACHINE, DIFFERENCE, DRIFT = N_("meter"), N_("this machine"), N_("difference"), N_("drift")
SUMMER, WINTER = N_("summer time"), N_("winter time")
WITHIN = N_("{seconds:+.1f} s: within {limit} s")
TOLD = N_("{seconds:+.1f} s: MORE THAN {limit} s")
DOUBTFUL = N_("{seconds:+.1f} s: MORE THAN {minutes} MINUTES, times are doubtful")
AS_OF = N_("as of {time}")
DRIFT_A_DAY = (N_("{drift:+.2f} s a day over {count} day"), N_("{drift:+.2f} s a day over {count} days"))
NO_DRIFT = N_("known after a day of readings")
EVERY = N_("every 10 minutes")
NO_CLOCK = N_("the meter's clock was not read yet")

CLOSING_TITLES = {
    "period": N_("period"),
    "register": N_("{active} kWh"),
    "added": N_("since last"),
    "inductive": N_("{inductive} kVArh"),
    "capacitive": N_("{capacitive} kVArh"),
    "maximum": N_("max kW"),
    "at": N_("at"),
    "excess": N_("excess"),
    "contracted": N_("contracted"),
    "use": N_("use"),
}
INDUCTIVE, CAPACITIVE = N_("R ind."), N_("R cap.")
STORED = (N_("{count} stored"), N_("{count} stored"))
CLOSED = N_("closed {time}")
RUNNING = N_("RUNNING since {time}, read {read}")
NO_DATE = N_("no date")
TWICE = N_("the meter gave this closing in {count} ways")
NO_CLOSINGS = N_("No closings of contract {contract} were read yet: g reads them.")
POWER = N_("{power} kW")
DETAIL_ENERGY = N_("  {label:12} register {register:>13}, since last {added:>11}")
DETAIL_MAXIMUM = N_("  max {maximum} kW at {time}")
DETAIL_EXCESS = N_("  excess {excess}, as the meter sends it")
DETAIL_EVENT = (
    N_("time         {time}"),
    N_("record       {record}"),
    N_("SPA, SPQ     {address}, {qualifier}"),
    N_("SPI          {bit}"),
    N_("meaning      {meaning}"),
)
DETAIL_INVALID = N_("the meter says that this time is not valid")
DETAIL_NEW = N_("not there at the visit before")

NEW_COUNT = N_("{count} new")
FILTERED = N_("{shown} of {count}")
FILTER = N_("filter")
ALL_KINDS = N_("all kinds")
NO_EVENTS = N_("No events were read yet: g reads them.")
NONE_MATCH = N_("No event is like this: x shows all again.")
NO_TIME = N_("no valid time")
KINDS = {
    52: N_("power"),
    53: N_("clock"),
    54: N_("parameters"),
    55: N_("internal error"),
    128: N_("intrusion"),
    129: N_("communication"),
    130: N_("key"),
    131: N_("contract I"),
    132: N_("contract II"),
    133: N_("contract III"),
}
MANUFACTURERS = N_("manufacturer")
SENSE = N_("SPI {bit} ({sense}?)")
UNKNOWN_EVENT = N_("not in the reference: SPA {address}, SPQ {qualifier}, SPI {bit}")

SUMMARY_EMPTY = N_("Nothing read of this meter yet: F5, then g.")
SUMMARY_CLOCK = N_("clock {seconds:+.1f} s")
SUMMARY_DRIFT = N_("{drift:+.2f} s a day")
SUMMARY_CLOSED = N_("contract {contract} closed {time}: {active} kWh, max {maximum} kW")
SUMMARY_NOW = N_("now {period}: {power} kW contracted")
SUMMARY_EVENTS = (N_("{count} event"), N_("{count} events"))

EXPORTS = (N_("Closings of all contracts as CSV"), N_("These events as CSV"), N_("All of it as JSON"))
EXPORT_AS = N_("Export")
WRITTEN = N_("Written to {path}")
DATA_ARE = N_("Meter data are")


def event_kind(record: int) -> str:
    """What a record of events is about, in a word."""
    return _(KINDS[record]) if record in KINDS else _(MANUFACTURERS)


@lru_cache(maxsize=512)
def event_text(address: int, qualifier: int, indication: bool) -> str:
    """What happened, with SPI as it is where the sources give it a meaning, which is not verified."""
    bit = int(indication)
    sense = event_sense_words(address, qualifier, bit)
    meaning = event_words(address, qualifier)
    if meaning == NOT_IN_REFERENCE:
        return _(UNKNOWN_EVENT, address=address, qualifier=qualifier, bit=bit)
    return f"{_(meaning)}, {_(SENSE, bit=bit, sense=_(sense))}" if sense else _(meaning)
