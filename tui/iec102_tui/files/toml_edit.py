"""A TOML file with other values in it: the user's comments, layout and order stay where they are.

The new text is read back, and taken only when it means exactly what it should. Where it does not, which layouts can
bring about that nobody has thought of, the caller writes the file anew.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from typing import Any

_MARK = "\ufeff"


def edited(data: bytes, tables: Mapping[str, Any]) -> bytes | None:
    """The file with these tables instead of its own; None where that cannot be done without losing something."""
    import tomlkit  # slow to import, and only saving needs it

    text = data.decode("utf-8-sig")
    with contextlib.suppress(Exception):  # whatever the library stumbles over, the file can still be written anew
        document = tomlkit.parse(text)
        _apply(document, tables)
        return _proven(data, tomlkit.dumps(document), tables)
    return None


def renamed(data: bytes, table: str, name: str, to: str, tables: Mapping[str, Any]) -> bytes | None:
    """The file with ``[table.name]`` and what stands below it under another name; None where that is not enough."""
    text = _header(table, name).sub(lambda found: found[1] + _key(to), data.decode("utf-8-sig"))
    return _proven(data, text, tables)


def removed(data: bytes, table: str, name: str, tables: Mapping[str, Any]) -> bytes | None:
    """The file without ``[table.name]`` and what stands below it, with all comments that stand between tables."""
    header = _header(table, name)
    kept: list[str] = []
    own: list[str] = []
    inside = False
    for line in data.decode("utf-8-sig").splitlines(keepends=True):
        if line.lstrip().startswith("["):
            kept += _comments_behind(own)
            own, inside = [], header.match(line) is not None
        (own if inside else kept).append(line)
    return _proven(data, "".join((*kept, *_comments_behind(own))), tables)


def _header(table: str, name: str) -> re.Pattern[str]:
    key = rf"(?:{re.escape(name)}|{re.escape(_quoted(name))}|'{re.escape(name)}')"
    return re.compile(rf"^([ \t]*\[\s*{re.escape(table)}\s*\.\s*){key}(?=\s*[\].])", re.MULTILINE)


def _comments_behind(lines: list[str]) -> list[str]:
    """The comments at the end of a table, which speak of the next one."""
    last = max((number for number, line in enumerate(lines) if line.strip() and line.lstrip()[0] != "#"), default=-1)
    behind = lines[last + 1 :]
    return behind if any(line.strip() for line in behind) else []


def _proven(data: bytes, text: str, tables: Mapping[str, Any]) -> bytes | None:
    try:
        same = tomllib.loads(text) == tables
    except tomllib.TOMLDecodeError:
        return None
    return ((_MARK if data.startswith(_MARK.encode()) else "") + text).encode() if same else None


def _apply(there: Any, wanted: Mapping[str, Any]) -> None:
    for key in [key for key in there if key not in wanted]:
        del there[key]
    for key, value in wanted.items():
        if key not in there:
            _add(there, key, value)
        elif isinstance(value, Mapping) and isinstance(there[key], MutableMapping):
            _apply(there[key], value)
        elif type(there[key]) is bool or there[key] != value:
            there[key] = value


def _add(there: Any, key: str, value: object) -> None:
    """Behind the last key, and before the comments that stand between this table and the next."""
    body = getattr(getattr(there, "value", None), "body", [])
    behind = []
    while not isinstance(value, Mapping) and body and body[-1][0] is None:
        behind.append(body.pop())
    there[key] = value
    body.extend(reversed(behind))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
