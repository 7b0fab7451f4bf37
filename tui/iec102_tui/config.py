"""Settings of the program: what the command line says, then the environment, then `config.toml`, then the default."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
from iec102.errors import InvalidSetting

from iec102_tui.files import toml_document, toml_edit, whole_file
from iec102_tui.files.misspelling import misspelt
from iec102_tui.files.toml_document import holds
from iec102_tui.words.languages import LANGUAGES
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import N_, _

PROGRAM = "iec102-tui"
VARIABLE = "IEC102_TUI_CONFIG"
THEMES = ("dark", "light", "high-contrast", "ansi", "plain")
TEXTUAL_THEMES = (
    *("textual-dark", "textual-light", "nord", "gruvbox", "dracula", "tokyo-night", "monokai", "flexoki"),
    *("catppuccin-mocha", "catppuccin-latte", "catppuccin-frappe", "catppuccin-macchiato"),
    *("solarized-light", "solarized-dark", "rose-pine", "rose-pine-moon", "rose-pine-dawn"),
    *("atom-one-dark", "atom-one-light", "ansi-dark", "ansi-light"),
)
"""Those that the interface brings along; a test holds them against the library, which takes its time to import."""
COLOURS = (
    *("foreground", "strong", "muted", "faint", "line", "accent"),
    *("l1", "l2", "l3", "import", "export", "reactive", "ok", "warn", "error"),
)
"""What a text may be coloured by: the roles of every theme."""
SLOWEST_REFRESH = 60.0
"""The longest time between two repaints, s."""
AUTO = "auto"
"""The language is that of the environment."""
FRAMES = range(1_000, 1_000_001)
"""How many frames may be kept in memory."""


@dataclass(frozen=True, kw_only=True)
class Folders:
    """Where files go: exports and captures are for the user, the archive and the log are the program's own."""

    exports: Path = field(default_factory=lambda: platformdirs.user_documents_path() / PROGRAM)
    captures: Path = field(default_factory=lambda: platformdirs.user_documents_path() / PROGRAM)
    archive: Path = field(default_factory=lambda: platformdirs.user_data_path(PROGRAM))
    log: Path = field(default_factory=lambda: platformdirs.user_state_path(PROGRAM))


@dataclass(frozen=True, kw_only=True)
class Config:
    """``theme`` is one of THEMES, of TEXTUAL_THEMES, or the name of a file of the user's.

    ``language`` is AUTO or one of LANGUAGES.

    ``refresh`` is the least time between two repaints, 0 to 60 s; ``keys`` are by action. ``frames`` is how many the
    frame log keeps in memory, 1,000 to 1,000,000: 600 bytes each. ``colours`` are one of COLOURS by filter of the frame
    log, as the user wrote it. ``bell``: an alarm rings the terminal's bell.
    """

    theme: str = "dark"
    language: str = AUTO
    refresh: float = 0.25
    low_bandwidth: bool = False
    mouse: bool = True
    bell: bool = False
    frames: int = 100_000
    keys: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    broker: Mapping[str, Any] = field(default_factory=dict)
    """As it stands in the file: `publish/settings.py` says what it means."""
    file: Path | None = field(default=None, compare=False)
    """Where settings are saved; None: nowhere."""
    folders: Folders = field(default_factory=Folders)


def themes_folder(file: Path) -> Path:
    """Where the user's own themes are: beside the settings."""
    return file.parent / "themes"


def themes_of_user(file: Path | None) -> dict[str, Path]:
    """The user's own themes by their name, which is that of the file."""
    return {} if file is None else {path.stem: path for path in sorted(themes_folder(file).glob("*.toml"))}


_WORDS: Mapping[str, bool] = {"1": True, "true": True, "0": False, "false": False}


class _Setting(NamedTuple):
    """One setting, whatever it comes from: its type, what else must be true of it, and both in words."""

    kind: type
    fits: Callable[[Any], bool]
    wanted: str

    def read(self, value: object, *, written: bool) -> Any:
        """The value. ``written``: it is text from the environment. Raises InvalidSetting."""
        found = self._written(str(value)) if written else value
        if found is None or not holds(self.kind, found) or not self.fits(self.kind(found)):
            raise InvalidSetting(_("is {value}; it must be {wanted}", value=quoted(value), wanted=_(self.wanted)))
        return self.kind(found)

    def _written(self, text: str) -> object:
        """The value that text stands for; None where it stands for none of this type."""
        if self.kind is bool:
            return _WORDS.get(text.lower())
        try:
            return self.kind(text)
        except ValueError:
            return None


_FOLDERS = tuple(row.name for row in fields(Folders))
_YES_OR_NO = _Setting(bool, lambda value: True, N_("true or false"))
_FOLDER = _Setting(str, lambda text: bool(text) and "\0" not in text, N_('the path of a folder, such as "~/meters"'))
_COLOUR = _Setting(str, lambda role: role in COLOURS, N_("one of {known}", known=", ".join(COLOURS)))
_KEY = _Setting(str, bool, N_('one or several keys with commas between them, such as "f1,1"'))
_SETTINGS: Mapping[str, _Setting] = {
    "theme": _Setting(
        str,
        lambda name: name in THEMES,
        N_("one of {known}, a theme of Textual such as nord, or a file of themes/", known=", ".join(THEMES)),
    ),
    "language": _Setting(
        str, lambda name: name in (AUTO, *LANGUAGES), N_("one of {known}", known=", ".join((AUTO, *LANGUAGES)))
    ),
    "refresh": _Setting(float, lambda seconds: 0 <= seconds <= SLOWEST_REFRESH, N_("a number of 0 to 60 s")),
    "low_bandwidth": _YES_OR_NO,
    "mouse": _YES_OR_NO,
    "bell": _YES_OR_NO,
    "frames": _Setting(int, lambda count: count in FRAMES, N_("a whole number of 1000 to 1000000")),
    **{f"folders.{name}": _FOLDER for name in _FOLDERS},
}
_TABLES = ("keys", "folders", "colours", "broker")
WANTED: Mapping[str, str] = {key: setting.wanted for key, setting in _SETTINGS.items()}
"""What may be the value of each setting, in words."""


def default_path(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of IEC102_TUI_CONFIG, or `config.toml` in the user's configuration folder."""
    named = environment.get(VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_config_path(PROGRAM) / "config.toml"


def variable_of(key: str) -> str:
    """The environment variable of a setting: IEC102_TUI_THEME, IEC102_TUI_FOLDERS_EXPORTS, ..."""
    return "IEC102_TUI_" + key.upper().replace(".", "_")


def load(
    arguments: Mapping[str, object] | None = None,
    environment: Mapping[str, str] = os.environ,
    path: Path | None = None,
) -> tuple[Config, tuple[str, ...]]:
    """The settings, and a sentence for each that is wrong: what comes next in order stands in for it.

    ``arguments`` are those of the command line by setting (None: not given), folders as `folders.exports`. Raises
    InvalidSetting for one of these.
    """
    file = path or default_path(environment)
    document = toml_document.read(file)
    said: list[str] = [document.problem] if document.problem else []
    where = printable(str(file))
    values: dict[str, Any] = {}
    for source, key, value, written in (*_of_file(document.tables, where, said), *_of_environment(environment)):
        try:
            values[key] = read(key, value, file, written=written)
        except InvalidSetting as error:
            said.append(_("{source} {error}.", source=source, error=error))
    for key, value in (arguments or {}).items():
        if value is not None:
            values[key] = read(key, value, file, written=False)
    keys = _table(document.tables, "keys", _KEY, where, said)
    colours = _table(document.tables, "colours", _COLOUR, where, said)
    broker = document.tables.get("broker")
    found = _config(values, keys, colours, file)
    return replace(found, broker=broker if isinstance(broker, dict) else {}), tuple(said)


def read(key: str, value: object, file: Path | None, *, written: bool) -> Any:
    """The value of a setting. ``written``: it is text, from the environment or typed. Raises InvalidSetting."""
    if key == "theme" and isinstance(value, str) and (value in TEXTUAL_THEMES or value in themes_of_user(file)):
        return value
    return (_KEY if key.startswith("keys.") else _SETTINGS[key]).read(value, written=written)


def save(file: Path, key: str, value: object) -> None:
    """Writes one setting, `theme` or `keys.live.freeze`; the user's comments and layout stay. None takes it out.

    Raises InvalidSetting with one sentence when it cannot be written.
    """
    title, dot, name = key.partition(".")
    for _attempt in range(_ATTEMPTS):
        document = toml_document.read(file)
        if document.problem:
            raise InvalidSetting(_("the settings were not saved: {problem}", problem=document.problem.rstrip(".")))
        tables = copy.deepcopy(document.tables)
        table = tables.setdefault(title, {}) if dot else tables
        if not isinstance(table, dict):
            table = tables[title] = {}
        if value is None:
            table.pop(name or key, None)
        else:
            table[name or key] = value
        try:
            with whole_file.locked(file):
                whole_file.replace(file, _text(document, tables), document.data)
        except whole_file.Changed:
            continue
        except OSError as error:
            why = toml_document.reason(error)
            raise InvalidSetting(_("{path} cannot be written: {why}", path=printable(str(file)), why=why)) from error
        return
    raise InvalidSetting(_("the settings were not saved: another program keeps writing them"))


_ATTEMPTS = 5


def _text(document: toml_document.Document, tables: Mapping[str, Any]) -> bytes:
    if document.data is not None and (edited := toml_edit.edited(document.data, tables)) is not None:
        return edited
    import tomli_w  # only where there is no file yet, or one that cannot be edited

    return tomli_w.dumps(tables).encode()


def _of_file(tables: Mapping[str, Any], where: str, said: list[str]) -> Iterator[tuple[str, str, object, bool]]:
    """The settings that the file has; tells what has no meaning there."""
    for name, value in tables.items():
        if name in _TABLES and not isinstance(value, dict):
            said.append(
                _(
                    "{where}: {name} is {value}; it must be a table, [{name}].",
                    where=where,
                    name=name,
                    value=quoted(value),
                )
            )
    flat = {name: value for name, value in tables.items() if name not in _TABLES}
    folders = tables.get("folders")
    if isinstance(folders, dict):
        flat |= {f"folders.{name}": value for name, value in folders.items()}
    for key, value in flat.items():
        if key in _SETTINGS:
            yield f"{where}: {key}", key, value, False
        else:
            said.append(f"{where}: {printable(key)} {misspelt(key, (*_SETTINGS, *_TABLES))}")


def _of_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, str, object, bool]]:
    for key in _SETTINGS:
        name = variable_of(key)
        if environment.get(name):
            yield name, key, environment[name], True


def _table(tables: Mapping[str, Any], title: str, kind: _Setting, where: str, said: list[str]) -> dict[str, str]:
    """The user's keys by action, or colours by filter. Which of these there are is known to the interface alone."""
    table = tables.get(title)
    found = {}
    for name, value in (table if isinstance(table, dict) else {}).items():
        try:
            found[name] = kind.read(value, written=False)
        except InvalidSetting as error:
            key = f"{title}.{printable(name)}"
            said.append(_("{where}: {key} {error}.", where=where, key=key, error=error))
    return found


def _config(values: Mapping[str, Any], keys: dict[str, str], colours: dict[str, str], file: Path) -> Config:
    folders = {name: Path(values[f"folders.{name}"]).expanduser() for name in _FOLDERS if f"folders.{name}" in values}
    plain = {key: value for key, value in values.items() if "." not in key}
    return Config(file=file, keys=keys, colours=colours, folders=Folders(**folders), **plain)
