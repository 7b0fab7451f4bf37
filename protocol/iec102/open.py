"""A target, as a user writes it, becomes a line and a meter. All ways to a meter stand in one table, SCHEMES."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from iec102.asdu import MADRID, Password
from iec102.asdu.summer_time import SummerTime
from iec102.clock import SYSTEM_CLOCK, Clock
from iec102.errors import InvalidSetting, InvalidTarget
from iec102.line import Line
from iec102.line.state import LineState
from iec102.meter.meter import Meter
from iec102.sentence import Sentence
from iec102.settings import LineSettings, Station
from iec102.transport import Opener, Tap, tcp, telnet
from iec102.transport.scheme import FormField, MakeOpener, Scheme, Target
from iec102.transport.settling import SettlingOpener
from iec102.transport.url_options import options_in, with_options, without_options

_DEFAULTS = LineSettings()
CALL_TIMEOUT = 10_000
"""Milliseconds for an answer over a call, where nobody has said otherwise."""


def _serial(text: str, rest: str) -> MakeOpener:
    port = rest.removeprefix("//")
    if not port.strip():
        raise InvalidTarget(Sentence("target.serial", target=text))
    scheme = text.partition(":")[0].lower()

    def opener(settings: LineSettings) -> Opener:
        from iec102.transport.serial import SerialOpener  # slow to import, and only serial lines need it

        return SerialOpener(port, settings, scheme)

    return opener


def _modem(text: str, rest: str) -> MakeOpener:
    port = _serial(text, rest)
    name = text.partition("?")[0]

    def opener(settings: LineSettings) -> Opener:
        if settings.dial is None:
            raise InvalidSetting(Sentence("modem.no_number", line=name))
        return port(settings)

    return opener


def _listen(text: str, rest: str) -> MakeOpener:
    from iec102.transport.listen import opener_of  # only meters that call in need it

    return opener_of(text, rest)


def _simulated(text: str, rest: str) -> MakeOpener:
    from iec102.simulated import opener_of  # the simulator is large, and only this scheme needs it

    return opener_of(text, rest)


_SERIAL_PORT = FormField(
    "port",
    "Port",
    "Down lists the ports of this machine. A name under /dev/serial/by-id stays when cables are moved.",
    "choose a port: Down lists them",
)
_HOST = FormField(
    "host",
    "Host",
    "Name or IP address of the converter or modem on the network.",
    "must be a host name or an IP address",
)
_PORT = FormField(
    "tcp_port",
    "TCP port",
    "TCP port of the converter or modem, as it was set up there.",
    "must be a whole number of 1 to 65535",
)
_FORMAT = ("baudrate", "format")
_CALL = ("dial", "modem_init", "modem_timeout", "hang_up_after")

SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        Scheme(
            "serial",
            "Serial",
            "serial:/dev/ttyUSB0",
            "serial:{port}",
            (_SERIAL_PORT,),
            _serial,
            has_format=lambda _target: True,
            options=(*_FORMAT, *_CALL),
        ),
        Scheme(
            "tcp",
            "Ethernet",
            "tcp://HOST:40001",
            "tcp://{host}:{tcp_port}",
            (_HOST, _PORT),
            tcp.opener_of,
            options=_CALL,
            settings=("dial",),
        ),
        Scheme(
            "simulated",
            "Simulated",
            "simulated:",
            "simulated:?{options}",
            (
                FormField(
                    "options",
                    "Options",
                    "For the simulated meter, such as seed=7&line=9600-8E1; may be empty.",
                    "",
                ),
            ),
            _simulated,
            has_format=lambda target: "strict-line" in target,
        ),
        Scheme(
            "telnet",
            "Telnet",
            "telnet://HOST:23",
            "telnet://{host}:{tcp_port}",
            (_HOST, _PORT),
            telnet.opener_of,
            options=_CALL,
        ),
        Scheme(
            "rfc2217",
            "RFC 2217",
            "rfc2217://HOST:40001",
            "rfc2217://{host}:{tcp_port}",
            (_HOST, _PORT),
            telnet.rfc2217_opener_of,
            has_format=lambda _target: True,
            options=(*_FORMAT, *_CALL),
        ),
        Scheme(
            "modem",
            "Modem",
            "modem:/dev/ttyUSB0?dial=600123456",
            "modem:{port}",
            (_SERIAL_PORT,),
            _modem,
            options=(*_FORMAT, *_CALL),
            settings=(*_FORMAT, *_CALL),
        ),
        Scheme(
            "listen",
            "Meter calls",
            "listen://0.0.0.0:40001?allow=192.0.2.0/24",
            "listen://{listen_host}:{listen_port}?allow={allow}",
            (
                FormField(
                    "listen_host",
                    "Listen at",
                    "Address of this machine where the meter's modem calls in; 0.0.0.0 for all of them.",
                    "must be an address of this machine",
                ),
                FormField(
                    "listen_port",
                    "Port",
                    "TCP port that the meter's modem calls.",
                    "must be a whole number of 0 to 65535",
                ),
                FormField(
                    "allow",
                    "Calls from",
                    "Networks from which the meter may call, with commas; empty for this machine alone.",
                    "",
                ),
            ),
            _listen,
            options=("identification", "modem_timeout"),
            settings=("identification",),
        ),
    )
}
"""Each way to a meter by the name of its scheme."""
_KNOWN = Sentence("target.known")


def scheme_of(target: str) -> Scheme | None:
    """Find the scheme with which a target begins; None where it is none of the known ones."""
    name, colon, _rest = target.partition(":")
    return SCHEMES.get(name.lower()) if colon else None


def parse_target(text: str) -> Target:
    """Parse a target. Raises InvalidTarget with what is wrong and how a target looks."""
    scheme = scheme_of(text)
    if scheme is None:
        raise InvalidTarget(Sentence("target.unknown", target=text, known=_KNOWN))
    given = options_in(text, scheme.options, scheme.place_options) if scheme.options else {}
    place = without_options(text, given)
    make = scheme.parse(place, place.partition(":")[2])

    def opener(settings: LineSettings) -> Opener:
        line = replace(settings, **given)
        return _settling(_dialling(make(line), line, place, scheme), line)

    host = scheme.split(place).get("host") or None
    is_called = "dial" in given or scheme is SCHEMES["modem"]
    return Target(text, opener, scheme.has_format(text), host, given, is_called, scheme is SCHEMES["listen"])


def with_settings(target: str, values: Mapping[str, str]) -> str:
    """Add to a target those of these settings that its scheme has in its query."""
    scheme = scheme_of(target)
    known = {key: value for key, value in values.items() if scheme is not None and key in scheme.options}
    return with_options(without_settings(target, known), known) if known else target


def without_settings(target: str, keys: Collection[str]) -> str:
    """Take these settings of the line out of the query of a target."""
    scheme = scheme_of(target)
    known = set() if scheme is None else set(keys) & set(scheme.options)
    return without_options(target, known) if known else target


def open_line(
    target: str,
    settings: LineSettings | None = None,
    *,
    reconnect: bool = False,
    tap: Tap | None = None,
    on_state: Callable[[LineState], None] | None = None,
    clock: Clock = SYSTEM_CLOCK,
    wrap: Callable[[Opener], Opener] | None = None,
) -> Line:
    """Make a line to a target; nothing is opened before its first exchange. Raises InvalidTarget.

    ``wrap`` puts something before its opener, such as a question whether it may be opened now.
    """
    parsed = parse_target(target)
    settings = replace(settings or _usual_settings(parsed), **parsed.settings)
    opener = parsed.opener(settings) if wrap is None else wrap(parsed.opener(settings))
    return Line(opener, settings, reconnect=reconnect, tap=tap, on_state=on_state, clock=clock)


def _usual_settings(target: Target) -> LineSettings:
    return LineSettings(timeout=CALL_TIMEOUT) if target.is_called else LineSettings()


def _dialling(opener: Opener, settings: LineSettings, name: str, scheme: Scheme) -> Opener:
    if settings.dial is None or "dial" not in scheme.options:
        return opener
    from iec102.transport.modem import ModemOpener  # only calls need it

    return ModemOpener(opener, settings, name)


def _settling(opener: Opener, settings: LineSettings) -> Opener:
    return SettlingOpener(opener, settings.settle_seconds) if settings.settle else opener


def connect(
    target: str,
    *,
    link_address: int = 1,
    point_address: int = 1,
    password: int | Password | None = None,
    baudrate: int = _DEFAULTS.baudrate,
    format: str = _DEFAULTS.format,  # noqa: A002 - the name that profiles and the command line use
    timeout: int | None = None,
    retries: int = _DEFAULTS.retries,
    delay: int = _DEFAULTS.delay,
    timezone: str | tzinfo = MADRID,
    summer_time: str = SummerTime.AUTO,
    tap: Tap | None = None,
) -> AbstractAsyncContextManager[Meter]:
    """Connect to a meter for an ``async with`` block; its session is ended, in bounded time, when the block is left.

    ``target``: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER or one of another scheme. Times in
    milliseconds, ranges as in LineSettings and Station; no timeout: 3000, or 10,000 for a call. ``summer_time``: bit,
    the summer time bit of the meter's times is right; zone, it is not kept; auto, found out. The first request opens
    the line, starts the link and logs in. Raises InvalidSetting at once.
    """
    key = Password(password) if isinstance(password, int) else password
    station = Station(link_address, point_address, key)
    if timeout is None:
        timeout = _usual_settings(parse_target(target)).timeout
    settings = LineSettings(baudrate, format, timeout, retries, delay)
    line = open_line(target, settings, tap=tap)
    zone = _zone(timezone) if isinstance(timezone, str) else timezone
    mode = SummerTime.parse(summer_time)

    @asynccontextmanager
    async def context() -> AsyncIterator[Meter]:
        try:
            yield Meter(line, station, zone=zone, summer_time=mode)
        finally:
            await line.close()

    return context()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSetting(Sentence("setting.timezone", name=name)) from None
