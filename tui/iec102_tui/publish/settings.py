"""``[broker]`` of `config.toml`: where to publish, as whom, and under which topics."""

from __future__ import annotations

import platform
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from iec102.errors import InvalidSetting

from iec102_tui.files.input_file import content_of
from iec102_tui.files.misspelling import misspelt
from iec102_tui.files.toml_document import holds
from iec102_tui.publish.message import Site, cleaned
from iec102_tui.publish.outbox import Limits
from iec102_tui.words.plain_text import printable
from iec102_tui.words.system_text import why
from iec102_tui.words.text import N_, _

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_LONGEST_PASSWORD = 65_535
_MEGABYTE = 1024 * 1024
_HOUR = 3600.0


class Host(NamedTuple):
    """One of the brokers of a cluster."""

    name: str
    port: int
    is_secure: bool

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


class BrokerSettings(NamedTuple):
    """Paths are those of files, None where there is none. ``version`` 3 is MQTT 3.1.1."""

    hosts: tuple[Host, ...]
    site: Site
    username: str | None = None
    password_file: Path | None = None
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    version: int = 3
    discovery: bool = False
    monitor: bool = False
    limits: Limits = Limits(256 * _MEGABYTE, 168 * _HOUR)

    def password(self) -> str | None:
        """What stands in the file, without the end of its line. Raises InvalidSetting."""
        if self.password_file is None:
            return None
        try:
            return content_of(self.password_file, _LONGEST_PASSWORD).decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable("password_file", self.password_file, error) from None

    def tls(self) -> ssl.SSLContext | None:
        """What an encrypted connection is made with; None for one that is not. Raises InvalidSetting."""
        if not any(host.is_secure for host in self.hosts):
            return None
        context = ssl.create_default_context()
        try:
            if self.ca is not None:
                context = ssl.create_default_context(cafile=self.ca)
        except OSError as error:
            raise _unreadable("ca", self.ca, error) from None
        try:
            if self.certificate is not None:
                # Without an answer it would ask on the terminal for the password of a key.
                context.load_cert_chain(self.certificate, self.key, password=lambda: "")
        except (OSError, ValueError) as error:
            raise _unreadable("certificate", self.certificate, error) from None
        return context


def _unreadable(key: str, path: Path | None, error: Exception) -> InvalidSetting:
    """Says nothing of what stands in the file."""
    said = why(error) if isinstance(error, OSError) and error.strerror else _("it is not what it should be")
    return InvalidSetting(
        _("{key} of [broker] cannot be read: {path}: {why}", key=key, path=printable(str(path)), why=said)
    )


class _Key(NamedTuple):
    kind: type
    fits: Callable[[Any], bool]
    wanted: str


def _is_path(text: str) -> bool:
    return bool(text) and "\0" not in text


def _is_topic(text: str) -> bool:
    return bool(text) and not set(text) & set("+#\0$ ") and all(text.split("/"))


_PATH = N_("the path of a file")
KEYS: Mapping[str, _Key] = {
    "url": _Key(str, bool, N_('"mqtts://HOST:PORT" or "mqtt://HOST:PORT", or a list of those of a cluster')),
    "username": _Key(str, bool, N_("a text")),
    "password_file": _Key(str, _is_path, N_("the path of a file that holds nothing but the password")),
    "ca": _Key(str, _is_path, _PATH),
    "certificate": _Key(str, _is_path, _PATH),
    "key": _Key(str, _is_path, _PATH),
    "site": _Key(str, bool, N_("a name for this machine; it is the host name unless set")),
    "topic": _Key(str, _is_topic, N_("what all topics begin with, without spaces, +, # and $")),
    "version": _Key(int, lambda number: number in (3, 5), N_("3 (MQTT 3.1.1) or 5")),
    "discovery": _Key(bool, lambda _value: True, N_("true or false")),
    "monitor": _Key(bool, lambda _value: True, N_("true or false")),
    "queue_size": _Key(int, lambda size: 1 <= size <= 100_000, N_("a whole number of 1 to 100000 MB")),
    "queue_age": _Key(int, lambda hours: 1 <= hours <= 100_000, N_("a whole number of 1 to 100000 h")),
}
"""By key: its type, what else must be true of it, and both in words."""


def broker_settings(table: Mapping[str, Any], file: Path | None, *, host: str | None = None) -> BrokerSettings:
    """What the table means. ``file`` holds it; ``host`` is the name of this machine. Raises InvalidSetting."""
    where = _("[broker]") if file is None else _("{file}, [broker]", file=printable(str(file)))
    if not table.get("url"):
        raise InvalidSetting(_('there is no broker: set url = "mqtts://HOST:PORT" in {where}', where=where))
    urls = table["url"] if isinstance(table["url"], list) else [table["url"]]
    hosts = tuple(_host(url, where) for url in urls)
    values = {name: _value(name, value, where) for name, value in table.items() if name != "url"}
    _check_together(values, hosts, where)
    paths = {
        name: Path(values[name]).expanduser()
        for name in ("password_file", "ca", "certificate", "key")
        if name in values
    }
    site = cleaned(values.get("site") or host or platform.node().partition(".")[0])
    limits = Limits(values.get("queue_size", 256) * _MEGABYTE, values.get("queue_age", 168) * _HOUR)
    return BrokerSettings(
        hosts,
        Site(values.get("topic", "iec102"), site),
        values.get("username"),
        version=values.get("version", 3),
        discovery=values.get("discovery", False),
        monitor=values.get("monitor", False),
        limits=limits,
        **paths,
    )


def _value(name: str, value: object, where: str) -> Any:
    if name not in KEYS:
        raise InvalidSetting(f"{where}: {printable(name)} {misspelt(name, KEYS).rstrip('.')}")
    key = KEYS[name]
    if not holds(key.kind, value) or not key.fits(value):
        # What was written by mistake may be a password.
        raise InvalidSetting(_("{where}: {name} must be {wanted}", where=where, name=name, wanted=_(key.wanted)))
    return value


def _check_together(values: Mapping[str, Any], hosts: tuple[Host, ...], where: str) -> None:
    if "password_file" in values and "username" not in values:
        raise InvalidSetting(_("{where}: password_file goes with username", where=where))
    if "key" in values and "certificate" not in values:
        raise InvalidSetting(_("{where}: key goes with certificate", where=where))
    for name in ("ca", "certificate"):
        if name in values and not all(host.is_secure for host in hosts):
            raise InvalidSetting(
                _("{where}: {name} has no effect without encryption: write mqtts:// in url", where=where, name=name)
            )


def _host(url: object, where: str) -> Host:
    """Raises InvalidSetting, which does not repeat an URL that holds a name: a password may stand there too."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if "@" in parts.netloc:
        raise InvalidSetting(_("{where}: no name and password in url: use username and password_file", where=where))
    if parts.scheme not in _PORTS or not parts.hostname or port == 0 or parts.path.strip("/") or parts.query:
        raise InvalidSetting(_("{where}: url must be {wanted}", where=where, wanted=_(KEYS["url"].wanted)))
    return Host(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts")
