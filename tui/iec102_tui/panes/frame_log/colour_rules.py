"""The user's colours of the frame list: `[colours]` of `config.toml`, a role of the theme by filter."""

from __future__ import annotations

from collections.abc import Mapping

from iec102.errors import InvalidSetting

from iec102_tui.captures.filter import Filter, parse
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import _

Rule = tuple[Filter, str]


def colour_rules(colours: Mapping[str, str]) -> tuple[list[Rule], list[str]]:
    """The rules in the user's order, of which the first that fits counts; and a sentence for each that is no filter."""
    rules: list[Rule] = []
    wrong = []
    for text, role in colours.items():
        try:
            rules.append((parse(text), role))
        except InvalidSetting as error:
            wrong.append(_("The colour rule {rule} is left out: {why}.", rule=printable(text), why=error))
    return rules, wrong
