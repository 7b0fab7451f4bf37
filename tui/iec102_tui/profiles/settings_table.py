"""The table of settings of a meter: one row a key of a profile, from which file, form, command line and checks follow.

A row is a field of Profile: its type and default stand there, the rest in its Setting. A new key is a new row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from iec102.asdu.password import Password
from iec102.asdu.summer_time import SummerTime
from iec102.errors import InvalidSetting
from iec102.open import parse_target
from iec102.settings import BAUDRATES, FORMATS, RANGES, LineSettings, Station
from iec102.transport.listen_address import Address

from iec102_tui.market_files.point import (
    CIL_WANTED,
    COMPANY_WANTED,
    CUPS_WANTED,
    check_cil,
    check_company,
    check_cups,
)
from iec102_tui.profiles.collect_options import WANTED as COLLECT_WANTED
from iec102_tui.profiles.collect_options import CollectOptions, parse_collect, plain_collect
from iec102_tui.profiles.gateway_options import lending_time, parse_addresses, parse_networks, parse_types
from iec102_tui.profiles.limits import WANTED as LIMITS_WANTED
from iec102_tui.profiles.limits import Limits, parse_limits, plain_limits
from iec102_tui.profiles.ratio import WANTED as A_RATIO
from iec102_tui.profiles.ratio import Ratio
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import N_, _

LONGEST_PERIOD = 86_400.0
"""The longest time between two readings, s."""
PASSWORD_VARIABLE = "IEC102_PASSWORD"  # noqa: S105 - the variable's name

_PORTS = N_("Info, L45 Comms: 0.00.0 optical port, 0.00.1 first serial port, 0.00.2 second serial port")


class Setting(NamedTuple):
    """A row of the table.

    ``kind``: the type that TOML holds. ``wanted``: what may be there, as the end of a sentence. ``check`` raises
    InvalidSetting for a value that may not. ``parse`` makes the value of what TOML holds, ``plain`` the other way.
    ``label``, ``help`` and ``choices`` are for the form; a label of its own line is what makes a key editable there.
    ``metavar`` and ``option`` are for the command line of every command that talks to a meter; without them there is no
    such option. ``display``: where the meter's own display shows it.
    """

    kind: type
    wanted: str
    check: Callable[[Any], object] | None = None
    parse: Callable[[Any], Any] = lambda value: value
    plain: Callable[[Any], Any] = lambda value: value
    label: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    metavar: str = ""
    option: str = ""
    display: str = ""


def zone(name: str) -> ZoneInfo:
    """The time zone of this name. Raises InvalidSetting."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a name with .. in it, no such zone
        raise InvalidSetting(
            _("the time zone must be {wanted}, not {value}", wanted=wanted("timezone"), value=quoted(name))
        ) from None


def poll_period(seconds: float) -> float:
    """The time between two readings when it is one that can be used. Raises InvalidSetting."""
    if not (math.isfinite(seconds) and 0 <= seconds <= LONGEST_PERIOD):
        raise InvalidSetting(
            _("the poll period must be {wanted}, not {value}", wanted=wanted("poll_period"), value=seconds)
        )
    return seconds


def _row(default: Any, setting: Setting) -> Any:
    return field(default=default, metadata={"setting": setting})


def _of(kind: type[LineSettings] | type[Station], key: str) -> Callable[[Any], object]:
    return lambda value: kind(**{key: value})


def _between(key: str) -> str:
    low, high, unit = RANGES[key]
    return N_("a whole number of {low} to {high}{unit}", low=low, high=high, unit=unit)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A meter and how to reach it; the units and ranges are those of LineSettings and Station.

    ``poll_period`` in seconds, 0 to 86,400 (0: back to back); no password: asked for when connecting; no ratio: taken
    from the meter; ``autoconnect``: the monitor does when it starts; ``gateway`` and what follows as in GatewayOptions;
    ``limits`` of its signals; ``collect``: how often the collector reads what. Raises InvalidSetting. Its repr does not
    show the password.
    """

    target: str = field(
        metadata={
            "setting": Setting(
                str, N_('text such as "tcp://HOST:PORT", "serial:/dev/ttyUSB0" or "simulated:"'), parse_target
            )
        }
    )
    baudrate: int = _row(
        9600,
        Setting(
            int,
            N_("one of {known}", known=", ".join(str(rate) for rate in BAUDRATES)),
            _of(LineSettings, "baudrate"),
            label=N_("Speed, bit/s"),
            help=N_("Left and Right choose."),
            choices=tuple(str(rate) for rate in BAUDRATES),
            metavar="N",
            option=N_("Serial speed, 300 to 115200 bit/s (9600)."),
            display=_PORTS,
        ),
    )
    format: str = _row(
        "8N1",
        Setting(
            str,
            N_('data bits (7 or 8), parity (N, E or O) and stop bits (1 or 2), such as "8N1"'),
            _of(LineSettings, "format"),
            label=N_("Format"),
            help=N_("Data bits, parity, stop bits. Left and Right choose."),
            choices=FORMATS,
            metavar="FORMAT",
            option=N_("Data bits, parity and stop bits of a serial line (8N1)."),
            display=_PORTS,
        ),
    )
    link_address: int = _row(
        1,
        Setting(
            int,
            _between("link_address"),
            _of(Station, "link_address"),
            label=N_("Link address"),
            metavar="N",
            option=N_("Link address, 0 to 65535 (1)."),
            display="Info, L46 Identifiers, 0.00.5",
        ),
    )
    point_address: int = _row(
        1,
        Setting(
            int,
            _between("point_address"),
            _of(Station, "point_address"),
            label=N_("Point address"),
            metavar="N",
            option=N_("Measuring point, 0 to 65535 (1)."),
            display="Info, L46 Identifiers, 0.00.6",
        ),
    )
    password: Password | None = _row(
        None,
        Setting(
            int,
            N_("a whole number of 0 to 4294967295"),
            parse=Password,
            plain=lambda password: password.reveal(),
            label=N_("Password"),
            help=N_("Empty: asked for when connecting. Ctrl+R shows it. It is saved in the file in clear."),
            metavar="N",
            option=N_("Access key (1 for a URL); - asks for it. Also in {variable}.", variable=PASSWORD_VARIABLE),
        ),
    )
    timeout: int = _row(
        3000,
        Setting(
            int,
            _between("timeout"),
            _of(LineSettings, "timeout"),
            label=N_("Timeout, ms"),
            help=N_("How long to wait for an answer."),
            metavar="MS",
            option=N_("Request timeout, 100 to 600000 ms (3000)."),
        ),
    )
    retries: int = _row(
        3,
        Setting(
            int,
            _between("retries"),
            _of(LineSettings, "retries"),
            label=N_("Retries"),
            help=N_("Repeats of a request without an answer: 3 means four attempts."),
            metavar="N",
            option=N_("Repeats of a request without an answer, 0 to 100 (3)."),
        ),
    )
    delay: int = _row(
        0,
        Setting(
            int,
            _between("delay"),
            _of(LineSettings, "delay"),
            label=N_("Delay between requests, ms"),
            help=N_("Pause between two requests."),
            metavar="MS",
            option=N_("Pause between requests, 0 to 600000 ms (0)."),
        ),
    )
    settle: int = _row(
        0,
        Setting(
            int,
            _between("settle"),
            _of(LineSettings, "settle"),
            label=N_("Wait after connect, ms"),
            help=N_("Pause after connecting, in which what a modem or a converter says of itself is dropped."),
            metavar="MS",
            option=N_("Pause after connecting; what comes in it is dropped, 0 to 60000 ms (0)."),
        ),
    )
    dial: str | None = _row(
        None,
        Setting(
            str,
            N_("the number of the meter's modem: digits, with + * # and pauses (comma)"),
            _of(LineSettings, "dial"),
            label=N_("Dial"),
            help=N_("The number that a modem calls; empty where there is no modem."),
            metavar="NUMBER",
            option=N_("Call this number by the modem that TARGET leads to."),
        ),
    )
    modem_init: str | None = _row(
        None,
        Setting(
            str,
            N_('commands of a modem with semicolons between them, such as "ATZ; ATH0"'),
            _of(LineSettings, "modem_init"),
            label=N_("Modem commands"),
            help=N_("Before each call; empty for ATZ; ATH0; AT+CBST=7,0,1."),
            metavar="COMMANDS",
            option=N_("Commands to the modem before a call (ATZ; ATH0; AT+CBST=7,0,1)."),
        ),
    )
    modem_timeout: int | None = _row(
        None,
        Setting(
            int,
            _between("modem_timeout"),
            _of(LineSettings, "modem_timeout"),
            label=N_("Call wait, ms"),
            help=N_("How long a call may take to be answered; empty for 60000."),
            metavar="MS",
            option=N_("For a call to be answered, 1000 to 600000 ms (60000); for a meter to call in (without end)."),
        ),
    )
    hang_up_after: int | None = _row(
        None,
        Setting(
            int,
            _between("hang_up_after"),
            _of(LineSettings, "hang_up_after"),
            label=N_("Hang up, s"),
            help=N_("Without a request for so long a call is ended; empty for 60."),
            metavar="S",
            option=N_("End a call after so many seconds without a request, 1 to 86400 (60)."),
        ),
    )
    identification: str | None = _row(
        None,
        Setting(
            str,
            N_("a regular expression without blanks (\\s stands for one)"),
            _of(LineSettings, "identification"),
            label=N_("Identification"),
            help=N_(
                "Of a meter that calls in: a regular expression for the line that its modem says first; may be empty."
            ),
            metavar="REGEX",
            option=N_("Of a meter that calls in: what its modem says first matches this."),
        ),
    )
    poll_period: float = _row(
        1.0,
        Setting(
            float,
            N_("a number of 0 to 86400 s"),
            lambda seconds: poll_period(seconds),
            label=N_("Reading every, s"),
            help=N_("From the start of a reading to the start of the next, 0 for back to back."),
        ),
    )
    autoconnect: bool = _row(
        False,
        Setting(
            bool,
            N_("true or false"),
            label=N_("Connect at start"),
            help=N_("true: the monitor connects to this meter when it starts, also where a modem calls it."),
            choices=("false", "true"),
        ),
    )
    timezone: str = _row(
        "Europe/Madrid",
        Setting(
            str,
            N_('the name of a time zone, such as "Europe/Madrid"'),
            lambda name: zone(name),
            label=N_("Time zone"),
            help=N_("The time zone of the meter's clock."),
            metavar="ZONE",
            option=N_("The meter's time zone (Europe/Madrid)."),
        ),
    )
    summer_time: str = _row(
        "auto",
        Setting(
            str,
            N_('one of "auto", "bit" and "zone"'),
            SummerTime.parse,
            label=N_("Summer time"),
            help=N_(
                "bit: the meter's summer time bit (SU) is right. zone: the meter does not keep it. auto: found out."
            ),
            choices=tuple(mode.value for mode in SummerTime),
            metavar="auto|bit|zone",
            option=N_("Of the meter's times: bit, the summer time bit is right; zone, it is not kept; auto (auto)."),
        ),
    )
    voltage_ratio: Ratio | None = _row(
        None,
        Setting(
            str,
            A_RATIO,
            parse=Ratio.parse,
            plain=str,
            label=N_("Voltage ratio"),
            help=N_("Of the voltage transformers; empty when it is not known."),
        ),
    )
    current_ratio: Ratio | None = _row(
        None,
        Setting(
            str,
            A_RATIO,
            parse=Ratio.parse,
            plain=str,
            label=N_("Current ratio"),
            help=N_("Of the current transformers; empty when it is not known."),
        ),
    )
    cups: str | None = _row(
        None,
        Setting(
            str,
            CUPS_WANTED,
            check_cups,
            label=N_("CUPS"),
            help=N_("Of the supply point, for files of the sector; 20 characters, or 22 with the border point."),
        ),
    )
    distributor: str | None = _row(
        None,
        Setting(
            str,
            COMPANY_WANTED,
            check_company,
            label=N_("Distributor"),
            help=N_("Its code of four digits, for files of the sector."),
        ),
    )
    retailer: str | None = _row(
        None,
        Setting(
            str,
            COMPANY_WANTED,
            check_company,
            label=N_("Retailer"),
            help=N_("Its code of four digits, for files of the sector."),
        ),
    )
    cil: str | None = _row(
        None,
        Setting(str, CIL_WANTED, check_cil, label=N_("CIL"), help=N_("Of a generating installation; may be empty.")),
    )
    gateway: str | None = _row(
        None,
        Setting(
            str,
            N_('HOST:PORT where the gateway listens, such as "127.0.0.1:40102"'),
            Address.parse,
            label=N_("Gateway at"),
            help=N_("Where other applications share this meter; empty for 127.0.0.1:40102. w switches it on and off."),
        ),
    )
    gateway_allow: str | None = _row(
        None,
        Setting(
            str,
            N_('networks that may connect, such as "192.0.2.0/24, 198.51.100.7"'),
            parse_networks,
            label=N_("Gateway for"),
            help=N_("Networks that may connect, with commas; empty for this machine alone."),
        ),
    )
    gateway_types: str | None = _row(
        None,
        Setting(
            str,
            N_('types of requests that pass besides reading, such as "181, 185", or "all"'),
            parse_types,
            label=N_("Gateway types"),
            help=N_("Types of requests that pass besides reading, with commas, or all; empty for reading alone."),
        ),
    )
    gateway_addresses: str | None = _row(
        None,
        Setting(
            str,
            N_('link addresses of further meters behind the line, such as "2, 3"'),
            parse_addresses,
            label=N_("Gateway also to"),
            help=N_("Link addresses of further meters behind this line, with commas; may be empty."),
        ),
    )
    gateway_lend: int | None = _row(
        None,
        Setting(
            int,
            N_("a whole number of 1 to 3600 s"),
            lending_time,
            label=N_("Lend line, s"),
            help=N_("A program with a protocol of its own may have the line until so long quiet; empty: it may not."),
        ),
    )
    gateway_lend_to: str | None = _row(
        None,
        Setting(
            str,
            N_('networks that get the line for themselves, such as "192.0.2.7"'),
            parse_networks,
            label=N_("Lend line to"),
            help=N_("Networks whose programs get the line for themselves, whatever they speak; may be empty."),
        ),
    )

    limits: Limits | None = _row(
        None,
        Setting(
            dict,
            LIMITS_WANTED,
            parse=parse_limits,
            plain=plain_limits,
            label=N_("Limits"),
            help=N_("What crosses them is an alarm: vi.voltage_l1 207 253, power.active_total -inf 450"),
        ),
    )
    collect: CollectOptions | None = _row(
        None,
        Setting(
            dict,
            COLLECT_WANTED,
            parse=parse_collect,
            plain=plain_collect,
            help=N_("How often the collector reads what of this meter."),
        ),
    )

    def __post_init__(self) -> None:
        for key, value in vars(self).items():
            if value != DEFAULTS.get(key):  # a file may hold thousands of meters, and the defaults are right
                check(key, value)


SETTINGS: Mapping[str, Setting] = {row.name: row.metadata["setting"] for row in fields(Profile)}
KEYS = tuple(SETTINGS)
"""The keys of a profile, in the order in which they are written."""
DEFAULTS: Mapping[str, Any] = {row.name: row.default for row in fields(Profile) if row.name != "target"}
OPTIONS: Mapping[str, Setting] = {key: setting for key, setting in SETTINGS.items() if setting.option}
"""The keys that are options of every command that talks to a meter."""
FORM: Mapping[str, Setting] = {key: setting for key, setting in SETTINGS.items() if setting.label}
"""The keys that the form shows under their own name; the target has fields of its scheme."""
EDITED = frozenset(("target", *FORM))
"""The keys that a form can take out of a profile; the others stay as they are in the file."""


def check(key: str, value: object) -> None:
    """Raises InvalidSetting when a profile's key cannot have this value (which has the type of the key)."""
    if (test := SETTINGS[key].check) is not None:
        test(value)


def wanted(key: str) -> str:
    """What may be the value of a key, in words."""
    return _(SETTINGS[key].wanted)
