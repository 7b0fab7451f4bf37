"""What a scheme is: one way to write down where a meter is, and the parts that a form asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter
from types import MappingProxyType
from typing import Any, NamedTuple

from iec102.errors import InvalidTarget
from iec102.settings import LineSettings
from iec102.transport.base import Opener

MakeOpener = Callable[[LineSettings], Opener]


class FormField(NamedTuple):
    """A part of a target that a form asks for: what it is called, what helps there, and what may be in it.

    ``wanted`` is empty where only the parser of the scheme can say it.
    """

    key: str
    label: str
    help: str
    wanted: str


class Scheme(NamedTuple):
    """A way to a meter. ``form`` is the target with its fields in braces, such as ``tcp://{host}:{tcp_port}``.

    ``parse`` is given the whole target and what follows the colon; what it returns makes the opener of a line. It
    raises InvalidTarget. ``has_format``: speed and format of the line are chosen on this side of it.

    ``options``: settings of the line that the query of a target may give. ``settings``: those that are asked for in a
    form only where this scheme, or another that names them, is chosen.
    """

    name: str
    title: str
    example: str
    form: str
    fields: tuple[FormField, ...]
    parse: Callable[[str, str], MakeOpener]
    has_format: Callable[[str], bool] = lambda _target: False
    options: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """How a target of this scheme begins, such as ``tcp://``."""
        return self.form.partition("{")[0].removesuffix("?")

    @property
    def place_options(self) -> tuple[str, ...]:
        """What the query says of the place itself, such as ``allow``."""
        return tuple(re.findall(r"[?&](\w+)=\{", self.form))

    @property
    def _empty_query(self) -> str:
        """The end of a target whose only part behind the question mark is empty, such as ``?allow=``."""
        _, mark, query = self.form.partition("?")
        return mark + query.partition("{")[0]

    def split(self, target: str) -> dict[str, str]:
        """The fields of a valid target."""
        pattern = "".join(
            re.escape(text) + (f"(?P<{field}>.*)" if field else "")
            for text, field, _, _ in Formatter().parse(self.form)
        )
        plain = re.sub(r"^(\w+):///", r"\1:/", target)  # serial:///dev/ttyUSB0 is serial:/dev/ttyUSB0
        found = re.fullmatch(pattern, plain, re.IGNORECASE) or re.fullmatch(
            pattern, f"{plain}{self._empty_query}", re.IGNORECASE
        )
        parts = found.groupdict() if found else {}
        return {field.key: parts.get(field.key, "").rstrip("/").strip("[]") for field in self.fields}

    def join(self, fields: Mapping[str, str]) -> str:
        """The target of these fields, valid or not."""
        texts = {field.key: fields.get(field.key, "").strip() for field in self.fields}
        bracketed = {key: f"[{text}]" if key.endswith("host") and ":" in text else text for key, text in texts.items()}
        return self.form.format(**bracketed).removesuffix(self._empty_query)

    def wrong(self, fields: Mapping[str, str]) -> dict[str, str]:
        """What may be in each field that is wrong, looked at with the other fields of the example."""
        return {field.key: field.wanted for field in self.fields if field.wanted and self._refuses(field.key, fields)}

    def _refuses(self, key: str, fields: Mapping[str, str]) -> bool:
        text = fields.get(key, "").strip()
        target = self.join({**self.split(self.example), key: text})
        try:
            self.parse(target, target.partition(":")[2])
        except InvalidTarget:
            return True
        return self.split(target)[key] != text


class Target(NamedTuple):
    """A place that can be opened, with the settings that the line needs.

    ``has_format``: speed and format of the line are chosen on this side of it. ``host``: what has to be resolved first,
    None where there is no such thing. ``settings``: what the query says, which goes before the settings of the line.
    ``is_called``: a modem has to call the meter. ``calls_in``: the meter calls.
    """

    text: str
    opener: MakeOpener
    has_format: bool = False
    host: str | None = None
    settings: Mapping[str, Any] = MappingProxyType({})
    is_called: bool = False
    calls_in: bool = False
