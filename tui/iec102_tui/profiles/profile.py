"""A saved meter as a table of `profiles.toml`: read, written, and what is said about one that holds something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from iec102.errors import InvalidSetting

from iec102_tui.files.misspelling import misspelt
from iec102_tui.files.toml_document import holds
from iec102_tui.profiles.settings_table import KEYS, SETTINGS, Profile, wanted
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import _, spoken


class Fault(NamedTuple):
    """A key of a table, what is there and what may be there, as the end of a sentence."""

    key: str
    message: str


def decode(table: Mapping[str, object]) -> tuple[Profile | None, list[Fault]]:
    """Read the profile that a TOML table holds, or everything that is wrong with it. Other keys are left alone."""
    values, faults = decode_values(table)
    if "target" not in table:
        faults.append(Fault("target", _("is missing; it must be {wanted}.", wanted=wanted("target"))))
    return (None, faults) if faults else (Profile(**values), [])


def decode_values(table: Mapping[str, object]) -> tuple[dict[str, Any], list[Fault]]:
    """Read the keys that are there and right, and tell what is wrong with the others."""
    values: dict[str, Any] = {}
    faults = []
    for key, setting in SETTINGS.items():
        if key not in table:
            continue
        try:
            value = table[key]
            if not holds(setting.kind, value):
                raise InvalidSetting(_("{key} is of another type", key=key))
            values[key] = setting.parse(setting.kind(value))
            if setting.check is not None:
                setting.check(values[key])
        except (InvalidSetting, OverflowError) as error:
            faults.append(Fault(key, _complaint(key, value, error)))
    return values, faults


def _complaint(key: str, value: object, error: Exception) -> str:
    if key == "password":  # what is there is near to the real one
        return _("must be {wanted}.", wanted=wanted(key))
    if key == "target" and isinstance(value, str):  # the error knows which part of the target is wrong
        return _("is wrong: {error}.", error=spoken(error).rstrip("."))
    if SETTINGS[key].kind is dict and isinstance(value, dict):
        return _("is wrong: {error}; it must be {wanted}.", error=spoken(error), wanted=wanted(key))
    return _("is {value}; it must be {wanted}.", value=quoted(value), wanted=wanted(key))


def encode(profile: Profile) -> dict[str, object]:
    """Make the table that holds the profile, the password in clear."""
    values = {key: getattr(profile, key) for key in KEYS}
    return {key: SETTINGS[key].plain(value) for key, value in values.items() if value is not None}


def unknown_keys(table: Mapping[str, object]) -> list[Fault]:
    """Keys that no profile has, with the key that was perhaps meant."""
    return [Fault(key, misspelt(key, KEYS)) for key in table if key not in KEYS]
