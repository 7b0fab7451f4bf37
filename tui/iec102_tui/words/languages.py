"""The languages of the program, and which of them the environment asks for."""

from __future__ import annotations

from collections.abc import Mapping

from iec102_tui.words import text
from iec102_tui.words.catalogue import Catalogue
from iec102_tui.words.numbers import NumberStyle, set_number_style

LANGUAGES = ("en", "es")
ENGLISH = "en"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_STYLES = {"es": NumberStyle(point=",")}

_name = ENGLISH


def wished(environment: Mapping[str, str]) -> str:
    """The language of LC_ALL, LC_MESSAGES or LANG, the first that is set: ``es_ES.UTF-8`` is ``es``. Else English."""
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    name = locale.partition(".")[0].partition("@")[0].partition("_")[0].lower()
    return name if name in LANGUAGES else ENGLISH


def use(name: str) -> None:
    """Speak this language from now on, one of LANGUAGES. Its catalogue is read at the first sentence."""
    global _name
    _name = name
    text.speak(text.English() if name == ENGLISH else Catalogue(name))


def used() -> str:
    """The language that is spoken."""
    return _name


def typeset_numbers() -> None:
    """Write numbers as the language does, on the screen of the monitor; everywhere else they keep a decimal point."""
    set_number_style(_STYLES.get(_name, NumberStyle()))
