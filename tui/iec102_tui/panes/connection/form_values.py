"""A profile as the texts of a form, and back, with what is wrong said field by field."""

from __future__ import annotations

import contextlib
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from iec102.errors import InvalidSetting
from iec102.search.addresses import guess_of, parse_addresses
from iec102.settings import LineSettings

from iec102_tui.profiles.presets import Preset
from iec102_tui.profiles.profile import Profile, check, decode, encode, wanted

SERIAL, ETHERNET, SIMULATED = "Serial", "Ethernet", "Simulated"
KINDS = (SERIAL, ETHERNET, SIMULATED)
FIELDS_OF_KIND = {SERIAL: ("port", "baudrate", "format"), ETHERNET: ("host", "tcp_port"), SIMULATED: ("options",)}
"""The fields that only one kind of target has."""

_NUMBERS = ("baudrate", "link_address", "point_address", "password", "timeout", "retries", "delay", "settle")
_WHOLE = (*_NUMBERS, "gateway_lend")
_GATEWAY = ("gateway", "gateway_allow", "gateway_types", "gateway_addresses", "gateway_lend", "gateway_lend_to")
_MAY_BE_EMPTY = ("password", "voltage_ratio", "current_ratio", *_GATEWAY)
_DIRECT = (*_NUMBERS, "format", "poll_period", "timezone", "voltage_ratio", "current_ratio", *_GATEWAY)

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form holds: the profile, or None and the reason for each field that is wrong, in their order."""

    profile: Profile | None
    reasons: Mapping[str, str]


def texts_of(profile: Profile) -> Texts:
    """The texts that a form shows for a profile, the password in clear."""
    table = encode(profile)
    texts = {key: _text(table.get(key, "")) for key in _DIRECT}
    return {**_parts(profile.target), **texts, "meter_id": ""}


def empty_texts() -> Texts:
    """Those of a new meter: the defaults, on a serial port that is still to be chosen."""
    return {**texts_of(Profile(target="serial:-")), "port": ""}


def preset_texts(preset: Preset) -> Texts:
    """What a preset fills in; it empties the fields that stay with the user."""
    return dict.fromkeys(preset.asked, "") | {key: _preset_text(value) for key, value in preset.values.items()}


def read(texts: Mapping[str, str]) -> Filled:
    """The profile that the texts mean, or what is wrong with each field."""
    table: dict[str, object] = {"target": _target(texts)}
    for key in _DIRECT:
        if texts[key].strip() or key not in _MAY_BE_EMPTY:
            table[key] = _value(key, texts[key].strip())
    profile, faults = decode(table)
    reasons = _target_reasons(texts)
    for fault in faults:
        if fault.key != "target":
            reasons[fault.key] = f"must be {wanted(fault.key)}"
        elif not reasons:
            reasons[FIELDS_OF_KIND[texts["kind"]][0]] = fault.message
    return Filled(None if reasons else profile, reasons)


def line_of(texts: Mapping[str, str]) -> tuple[str | None, LineSettings]:
    """Target and settings, whatever the other fields hold; no target where no serial port is chosen.

    Raises InvalidSetting.
    """
    filled = read(texts)
    settings = {
        key: _value(key, texts[key].strip()) for key in ("baudrate", "format", "timeout") if key not in filled.reasons
    }
    known = LineSettings(**settings)  # type: ignore[arg-type]
    if texts["kind"] == SERIAL and not texts["port"].strip():
        return None, known
    for key in FIELDS_OF_KIND[texts["kind"]]:
        if key in filled.reasons:
            raise InvalidSetting(f"{key.replace('_', ' ')} {filled.reasons[key]}")
    return _target(texts), known


def addresses_of(texts: Mapping[str, str]) -> str:
    """The link addresses to try: that of the meter ID, that of the form, and the usual one."""
    known: dict[str, None] = {}
    with contextlib.suppress(InvalidSetting):
        known[str(guess_of(texts["meter_id"]))] = None
    with contextlib.suppress(InvalidSetting):
        known.update(dict.fromkeys(str(address) for address in parse_addresses(texts["link_address"])))
    return ",".join((*known, *(() if "1" in known else ("1",))))


def found_texts(target: str, address: int, settings: LineSettings | None) -> Texts:
    """What a search that has found a meter fills in; no settings where the other side of the line sets them."""
    texts = {"link_address": str(address)}
    if settings is not None:
        texts |= {"baudrate": str(settings.baudrate), "format": settings.format}
    parts = _parts(target)
    return texts | {key: parts[key] for key in ("kind", *FIELDS_OF_KIND[parts["kind"]]) if key in parts}


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _preset_text(value: object) -> str:
    reveal = getattr(value, "reveal", None)
    return _text(reveal() if reveal is not None else value)


def _value(key: str, text: str) -> object:
    """As TOML would hold it; what is no number stays text, which the decoder refuses."""
    if key == "format":
        return text.upper()
    if key in _WHOLE:
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else text
    if key == "poll_period" and "_" not in text:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _parts(target: str) -> Texts:
    """The fields of a valid target."""
    parts = {"kind": SIMULATED, "port": "", "host": "", "tcp_port": "", "options": ""}
    scheme, _, rest = target.partition(":")
    if scheme.lower() == "serial":
        return parts | {"kind": SERIAL, "port": rest.removeprefix("//")}
    if scheme.lower() == "tcp":
        url = urllib.parse.urlsplit(target)
        return parts | {"kind": ETHERNET, "host": url.hostname or "", "tcp_port": str(url.port or "")}
    return parts | {"options": rest.partition("?")[2]}


def _target(texts: Mapping[str, str]) -> str:
    kind = texts["kind"]
    if kind == SERIAL:
        return f"serial:{texts['port'].strip()}"
    if kind == ETHERNET:
        return _tcp(texts["host"].strip(), texts["tcp_port"].strip())
    options = texts["options"].strip()
    return f"simulated:?{options}" if options else "simulated:"


def _tcp(host: str, port: str) -> str:
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


def _target_reasons(texts: Mapping[str, str]) -> dict[str, str]:
    """Which part of the target is wrong, in the words of that part."""
    reasons = {}
    if texts["kind"] == SERIAL and not texts["port"].strip():
        reasons["port"] = "choose a port: Down lists them"
    if texts["kind"] == ETHERNET:
        port = texts["tcp_port"].strip()
        if _refused(_tcp(texts["host"].strip(), "1")):
            reasons["host"] = "must be a host name or an IP address"
        if not (port.isascii() and port.isdecimal()) or _refused(_tcp("localhost", port)):
            reasons["tcp_port"] = _refused(_tcp("localhost", "x")).removeprefix("the port ")
    return reasons


def _refused(target: str) -> str:
    """What is wrong with a target, without the target itself; empty when nothing is."""
    try:
        check("target", target)
    except InvalidSetting as error:
        return str(error).partition(f"{target}': ")[2] or str(error)
    return ""
