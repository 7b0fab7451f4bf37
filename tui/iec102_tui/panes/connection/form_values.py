"""A profile as the texts of a form, and back, with what is wrong said field by field."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import NamedTuple

from iec102.errors import InvalidSetting
from iec102.open import SCHEMES, parse_target, scheme_of, with_settings, without_settings
from iec102.search.addresses import guess_of, link_address_of, parse_addresses
from iec102.settings import LineSettings

from iec102_tui.profiles.limits import limits_table, limits_text
from iec102_tui.profiles.presets import Preset
from iec102_tui.profiles.profile import decode, encode
from iec102_tui.profiles.settings_table import DEFAULTS, FORM, SETTINGS, Profile, wanted
from iec102_tui.words import meters_text
from iec102_tui.words.text import _

TITLES = {scheme.title: scheme for scheme in SCHEMES.values()}
"""The schemes by the name that the form gives them."""
KINDS = tuple(TITLES)
SERIAL = SCHEMES["serial"].title
ALONE = (
    frozenset(field.key for scheme in SCHEMES.values() for field in scheme.fields)
    | {key for scheme in SCHEMES.values() for key in scheme.settings}
    | {"baudrate", "format"}
)
"""The fields that not every kind of target has."""

Texts = dict[str, str]


class Filled(NamedTuple):
    """What a form holds: the profile, or None and the reason for each field that is wrong, in their order."""

    profile: Profile | None
    reasons: Mapping[str, str]


def fields_of(kind: str) -> tuple[str, ...]:
    """The fields that a kind of target has and others have not."""
    scheme = TITLES[kind]
    line = ("baudrate", "format") if scheme.has_format(scheme.example) else ()
    return tuple(dict.fromkeys((*(field.key for field in scheme.fields), *line, *scheme.settings)))


def texts_of(profile: Profile) -> Texts:
    """The texts that a form shows for a profile, the password in clear."""
    if said := parse_target(profile.target).settings:
        place = without_settings(profile.target, said)
        profile = dataclasses.replace(profile, target=place, **said)
    table = encode(profile)
    return {**_parts(profile.target), **{key: _text(table.get(key, "")) for key in FORM}, "meter_id": ""}


def target_texts(target: str) -> Texts:
    """What a whole target fills in; the settings that its query does not say stay. Raises InvalidSetting."""
    shown = texts_of(Profile(target=target))
    fields = (field.key for field in TITLES[shown["kind"]].fields)
    return {key: shown[key] for key in ("kind", *fields, *parse_target(target).settings)}


def empty_texts() -> Texts:
    """Those of a new meter: the defaults, on a serial port that is still to be chosen."""
    return {**texts_of(Profile(target="serial:-")), "port": ""}


def preset_texts(preset: Preset, meter_id: str = "") -> Texts:
    """What a preset fills in; it empties the fields that stay with the user. A known meter ID gives its part."""
    texts = dict.fromkeys(preset.asked, "") | {key: _preset_text(value) for key, value in preset.values.items()}
    if preset.link_address_from_meter_id:
        with contextlib.suppress(InvalidSetting):
            texts["link_address"] = str(link_address_of(meter_id))
    return texts


def read(texts: Mapping[str, str]) -> Filled:
    """The profile that the texts mean, or what is wrong with each field."""
    table: dict[str, object] = {"target": _target(texts)}
    for key in FORM:
        if texts[key].strip() or DEFAULTS[key] is not None:
            table[key] = _value(key, texts[key].strip())
    hidden = ALONE - set(fields_of(texts["kind"]))
    if "dial" in hidden:  # else a line without a modem would be called
        table.pop("dial", None)
    profile, faults = decode(table)
    if unseen := {fault.key for fault in faults} & hidden:
        profile, faults = decode({key: value for key, value in table.items() if key not in unseen})
    reasons = {key: _(why) for key, why in TITLES[texts["kind"]].wrong(texts).items()}
    for fault in faults:
        if fault.key != "target":
            reasons[fault.key] = _(meters_text.MUST_BE, wanted=wanted(fault.key))
        elif not reasons:
            reasons[fields_of(texts["kind"])[0]] = fault.message
    return Filled(None if reasons else profile, reasons)


def line_of(texts: Mapping[str, str]) -> tuple[str | None, LineSettings]:
    """Target and settings, whatever the other fields hold; no target where no serial port is chosen.

    Raises InvalidSetting.
    """
    filled = read(texts)
    own = TITLES[texts["kind"]].settings
    settings = {
        key: _value(key, texts[key].strip())
        for key in dict.fromkeys(("baudrate", "format", "timeout", *own))
        if key not in filled.reasons and texts[key].strip()
    }
    known = LineSettings(**settings)  # type: ignore[arg-type]
    if texts["kind"] == SERIAL and not texts["port"].strip():
        return None, known
    for key in fields_of(texts["kind"]):
        if key in filled.reasons:
            raise InvalidSetting(_(meters_text.FIELD_IS_WRONG, field=key.replace("_", " "), why=filled.reasons[key]))
    dialled = {} if known.dial is None else {"dial": known.dial}
    return with_settings(_target(texts), dialled), known


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
    return texts | {key: parts[key] for key in ("kind", *fields_of(parts["kind"])) if key in parts}


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return limits_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _preset_text(value: object) -> str:
    reveal = getattr(value, "reveal", None)
    return _text(reveal() if reveal is not None else value)


def _value(key: str, text: str) -> object:
    """As TOML would hold it; what is no number stays text, which the decoder refuses."""
    kind = SETTINGS[key].kind
    if kind is dict:
        return limits_table(text)
    if key == "format":
        return text.upper()
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    if kind is int:
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else text
    if kind is float and "_" not in text:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _parts(target: str) -> Texts:
    """The fields of a valid target, and empty ones for the other kinds."""
    parts = {"kind": "", **{field.key: "" for scheme in SCHEMES.values() for field in scheme.fields}}
    scheme = scheme_of(target)
    return parts if scheme is None else parts | scheme.split(target) | {"kind": scheme.title}


def _target(texts: Mapping[str, str]) -> str:
    return TITLES[texts["kind"]].join(texts)
