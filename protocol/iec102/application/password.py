"""The access key of a meter, which nothing may print."""

from __future__ import annotations

from iec102.errors import InvalidSetting

_HIGHEST = 0xFFFF_FFFF


class Password:
    """A number of 0 to 4294967295 (clave de acceso). Its repr and str are ``***``."""

    __slots__ = ("_value",)

    def __init__(self, value: int | str) -> None:
        try:
            number = int(value)
        except ValueError:
            number = -1
        if not 0 <= number <= _HIGHEST:
            raise InvalidSetting(f"the password must be a whole number of 0 to {_HIGHEST}")
        self._value = number

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
