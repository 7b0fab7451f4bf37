"""The access key of a meter, which nothing may print."""

from __future__ import annotations

from iec102.errors import InvalidSetting
from iec102.sentence import Sentence

_HIGHEST = 0xFFFF_FFFF
_LONGEST = 20  # digits, with zeros in front


class Password:
    """A number of 0 to 4294967295 (clave de acceso), or its digits as text. Its repr and str are ``***``.

    Raises InvalidSetting for anything else.
    """

    __slots__ = ("_value",)

    def __init__(self, value: int | str) -> None:
        if isinstance(value, str):
            digits = value.strip()
            # int() would take "1_000" and "-0" too: a key that is not what was meant may lock the meter.
            value = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST else -1
        if type(value) is not int or not 0 <= value <= _HIGHEST:
            raise InvalidSetting(Sentence("setting.password", high=_HIGHEST))
        self._value = value

    def reveal(self) -> int:
        """The number itself, for the frame that carries it and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Password) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Password, self._value))
