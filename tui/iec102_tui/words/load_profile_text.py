"""What the load profile says of itself."""

from __future__ import annotations

from iec102_tui.words.text import N_, _, ngettext

HOURLY, QUARTER_HOURLY, DAILY = N_("hourly"), N_("quarter-hourly"), N_("daily")
INCREMENTAL, ABSOLUTE = N_("incremental"), N_("absolute")
CHANNEL_NAMES = (
    N_("A+ imported (grid \N{RIGHTWARDS ARROW} site)"),
    N_("A- exported (site \N{RIGHTWARDS ARROW} grid)"),
    N_("Ri+ reactive Q1"),
    N_("Rc+ reactive Q2"),
    N_("Ri- reactive Q3"),
    N_("Rc- reactive Q4"),
    N_("Res1 reserved"),
    N_("Res2 reserved"),
)
UNITS = ("kWh", "kWh", "kVArh", "kVArh", "kVArh", "kVArh", "", "")
CHANNEL_ROLES = ("import", "export", "reactive", "reactive", "reactive", "reactive", "muted", "muted")
GAP, CHECK, UNKNOWN = N_("gap"), N_("? check"), N_("not downloaded")
AGAIN = N_("again")
VALID, DOUBTFUL, INVALID, MISSING = N_("valid"), N_("check: {words}"), N_("invalid"), N_("missing: {why}")
NOT_DOWNLOADED, NOT_GIVEN = N_("not downloaded"), N_("not given")
HIGHEST, INTERVALS, POWER_FACTOR = N_("highest"), N_("intervals"), N_("PF (A+, Ri+)")
INVALID_VALUES, CHECK_VALUES = N_("invalid values"), N_("values to check")
MONTH = N_("month")

_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


def weekday(number: int) -> str:
    """0 is Monday."""
    return _(_WEEKDAYS[number])


def month(number: int) -> str:
    """1 is January."""
    return _(_MONTHS[number - 1])


def short_month(number: int) -> str:
    """1 is Jan."""
    return month(number)[:3]


def how_much(known: int, expected: int, typeset: tuple[str, str], unit: str) -> str:
    """``complete, 639 of 639 hours``."""
    had, wanted = typeset
    if known == expected:
        return _("complete \N{MIDDLE DOT} {known} of {expected} {unit}", known=had, expected=wanted, unit=_(unit))
    return _("{known} of {expected} {unit}", known=had, expected=wanted, unit=_(unit))


HOURS, QUARTERS, DAYS = N_("hours"), N_("quarter-hours"), N_("days")


def channel(number: int) -> str:
    """The name of a channel, 0 to 7, with its unit."""
    name, unit = _(CHANNEL_NAMES[number]), UNITS[number]
    return _("{name}, {unit}", name=name, unit=unit) if unit else name


def short_channel(number: int) -> str:
    """``A+, kWh``, where the whole name has no room."""
    name, unit = _(CHANNEL_NAMES[number]).split(" ")[0], UNITS[number]
    return _("{name}, {unit}", name=name, unit=unit) if unit else name


def shorter(known: int, expected: int, typeset: tuple[str, str]) -> str:
    """``complete``, or ``600 of 639``."""
    had, wanted = typeset
    return _("complete") if known == expected else _("{known} of {expected}", known=had, expected=wanted)


def month_of_year(number: int, year: int) -> str:
    """``November 2026``."""
    return _("{month} {year}", month=month(number), year=year)


def from_to(start: str, end: str) -> str:
    """A range of dates."""
    return _("{start} to {end}", start=start, end=end)


def of_range(month_words: str, whole: str) -> str:
    """The month that is shown of a longer range."""
    return _("{month} of {range}", month=month_words, range=whole)


def day_title(weekday_words: str, day: int, month_words: str, total: str) -> str:
    """``Thu 12 November · 1 204 kWh``."""
    if not total:
        return _("{weekday} {day} {month}", weekday=weekday_words, day=day, month=month_words)
    return _(
        "{weekday} {day} {month} \N{MIDDLE DOT} {total}", weekday=weekday_words, day=day, month=month_words, total=total
    )


def map_title(value: str, unit: str) -> str:
    """The title of the map with its highest value."""
    return _("Hours by day \N{MIDDLE DOT} brightest {value} {unit}", value=value, unit=unit)


def most(value: str, unit: str, when: str) -> str:
    """``124 kWh, 6 Nov 12-13``."""
    return _("{value} {unit}, {when}", value=value, unit=unit, when=when)


def last(value: str, unit: str, when: str) -> str:
    """The latest value that is known."""
    return _("last {value} {unit}, {when}", value=value, unit=unit, when=when)


NOTHING_KNOWN = N_("nothing is known of these intervals")
SUMMARY_EMPTY = N_("Nothing downloaded of this period yet: F4, then g.")


def written(count: int, path: str, missing: int) -> str:
    """What an export has written."""
    if missing:
        return ngettext(
            "{count} record written to {path}, {missing} intervals are missing",
            "{count} records written to {path}, {missing} intervals are missing",
            count,
            path=path,
            missing=missing,
        )
    return ngettext("{count} record written to {path}", "{count} records written to {path}", count, path=path)


def market_format(name: str) -> str:
    """``P1D, a file of the sector``."""
    return _("{name}, a file of the sector", name=name)


def gaps(missing: int, expected: int) -> str:
    """What a file of the sector would lack."""
    return ngettext(
        "{count} of {expected} intervals is missing.",
        "{count} of {expected} intervals are missing.",
        missing,
        expected=expected,
    )


FIRST_GAP = N_("The first ends at {end}: {why}.")
WRITE_WITHOUT = N_("Write the file without what is missing")
DO_NOT_WRITE = N_("Write nothing")
NOTHING_FIT = N_("No interval of this range can be in such a file: {reason}.")
PROOF_ASKS = N_("What is not known yet is read from the meter by iec102-tui reconcile NAME --month {month}.")


def records_are(count: int) -> str:
    """For the end of the program, which names the file behind it."""
    return ngettext("{count} record of a load profile is", "{count} records of a load profile are", count)


def odd(count: int) -> str:
    """Records that do not fit what the archive has."""
    return ngettext(", {count} does not fit (m)", ", {count} do not fit (m)", count)


def ended(said: str, odd_words: str, *, unfinished: bool) -> str:
    """A download that is over."""
    if unfinished:
        return _("! unfinished (g asks again): {said}{odd}", said=said, odd=odd_words)
    return _("done: {said}{odd}", said=said, odd=odd_words)


def nothing_yet(what: str, count: str, unit: str, *, has_meter: bool) -> str:
    """What the page is for, while nothing of it is known."""
    lines = [_("The load profile: what the meter has recorded of each hour, as a map of the month."), ""]
    if not has_meter:
        lines.append(_("There is no meter to ask yet: F1 connects to one."))
    return "\n".join(
        (
            *lines,
            _("g downloads {what}: {count} {unit}, beside live reading.", what=what, count=count, unit=unit),
            _("p chooses another period, t any two dates, r quarter-hourly or daily values."),
            "",
            _("For example: p, last month, g, and a month of hours is here in about a minute at 9600 bit/s."),
        )
    )
