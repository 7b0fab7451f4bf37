"""The style sheets of the monitor are parsed once for all tests of a worker: each of its starts reads the same ones."""

from __future__ import annotations

import functools
import sys
from typing import Any

_MOST = 2_000
"""Sheets that are kept: those of some forty themes."""


def install() -> None:
    """Does nothing where no test has loaded Textual, and the second time."""
    module = sys.modules.get("textual.css.stylesheet")
    if module is None or hasattr(module.Stylesheet._parse_rules, "__wrapped__"):
        return
    rules_of, parse, parsed = module.Stylesheet._parse_rules, module.parse, module.LRUCache(_MOST)

    @functools.wraps(rules_of)
    def parse_rules(sheet: Any, *source: Any, **options: Any) -> Any:
        if module.parse is not parse:  # a test counts how often it is done
            return rules_of(sheet, *source, **options)
        key = (source, *options.items(), frozenset(sheet._variables.items()))
        if (rules := parsed.get(key)) is None:
            rules = parsed[key] = rules_of(sheet, *source, **options)
        return rules

    module.Stylesheet._parse_rules = parse_rules
