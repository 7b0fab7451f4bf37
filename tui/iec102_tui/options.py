"""The options of the program: what stands in `config.toml`, as rows of a list and as what a user types."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode

from iec102_tui.config import WANTED, Config, Folders
from iec102_tui.widgets.filtered_list import Row
from iec102_tui.words.plain_text import fitted, short_path
from iec102_tui.words.text import N_, _

_WORDS = {
    "theme": N_("Theme"),
    "language": N_("Language (auto: that of the environment)"),
    "refresh": N_("Least time between two repaints, s"),
    "low_bandwidth": N_("Low bandwidth: fewer bytes over a slow line"),
    "mouse": N_("Mouse"),
    "bell": N_("Alarms ring the bell"),
    "frames": N_("Frames kept in memory"),
    "folders.exports": N_("Folder of exports"),
    "folders.captures": N_("Folder of captures"),
    "folders.archive": N_("Folder of the archive"),
    "folders.log": N_("Folder of the log"),
}
AT_ONCE = ("theme", "bell", "keys")
"""What has its effect at once; the rest from the next start on."""
_LABEL = 44


def value_of(config: Config, key: str) -> Any:
    """The value of a setting; of a folder its path, of keys what the user wrote, empty where they are the usual."""
    title, dot, name = key.partition(".")
    if title == "keys":
        return config.keys.get(name, "")
    return getattr(config.folders, name) if dot else getattr(config, key)


def changed(config: Config, key: str, value: Any) -> Config:
    """The settings with another value in them."""
    title, dot, name = key.partition(".")
    if title == "keys":
        others = {action: keys for action, keys in config.keys.items() if action != name}
        return dataclasses.replace(config, keys=others | ({name: value} if value else {}))
    if dot:
        folders = {field.name: getattr(config.folders, field.name) for field in dataclasses.fields(Folders)}
        return dataclasses.replace(config, folders=Folders(**folders | {name: Path(value).expanduser()}))
    return dataclasses.replace(config, **{key: value})


def text_of(value: Any) -> str:
    """As a user types it."""
    if isinstance(value, bool):
        return str(value).lower()
    return short_path(value) if isinstance(value, Path) else str(value)


def rows_of(config: Config, nodes: Iterable[DOMNode]) -> list[Row]:
    """A row for each setting, then one for the keys of each action."""
    rows = [_row(key, _(words), text_of(value_of(config, key)), _(WANTED[key])) for key, words in _WORDS.items()]
    return [*rows, *_key_rows(config, nodes)]


def _key_rows(config: Config, nodes: Iterable[DOMNode]) -> Iterator[Row]:
    seen = set()
    for node in nodes:
        for binding in _bindings(node):
            if isinstance(binding, Binding) and binding.id and binding.id not in seen:
                seen.add(binding.id)
                key, words = f"keys.{binding.id}", _(binding.tooltip or binding.description)
                yield _row(key, words, config.keys.get(binding.id, binding.key), f"{words}: {key}")


def _bindings(node: DOMNode) -> Iterator[object]:
    """Those of its class, and of the classes that this one stands on."""
    for each in type(node).__mro__:
        yield from vars(each).get("BINDINGS", ())


def _row(key: str, label: str, value: str, words: str) -> Row:
    return Row(key, f"{fitted(label, _LABEL)} {value}", words)


def wanted(key: str) -> str:
    """What may be typed, in words."""
    if key.startswith("keys."):
        return _("Keys with commas between them, such as f1,1; nothing for the usual ones. Enter takes it")
    return _("{what}. Enter takes it, Escape goes back", what=_(WANTED[key]).capitalize())
