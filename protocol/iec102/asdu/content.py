"""What stands behind the header of an ASDU, as an immutable record."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, dataclass_transform


class Codec(Protocol):
    """How a record becomes bytes: a layout."""

    def encode(self, value: Any) -> bytes:
        """The bytes of a record."""

    def number_of(self, value: Any) -> int:
        """N of an ASDU with this record."""

    def brief(self, value: Any) -> str:
        """The record in a few words."""


@dataclass_transform(frozen_default=True)
class Content:
    """A record whose fields are the annotations of its class, in their order.

    What a frozen dataclass would be, without the milli-second that the import of each of those takes. ``layout`` is set
    by the layout that names the class.
    """

    layout: ClassVar[Codec]
    __match_args__: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        cls.__match_args__ = tuple(cls.__annotations__)  # type: ignore[misc]
        cls._defaults = {name: vars(cls)[name] for name in cls.__match_args__ if name in vars(cls)}

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        if named or len(values) != len(names):
            given = dict(zip(names, values, strict=False))
            found = self._defaults | given | named
            if len(values) > len(names) or given.keys() & named.keys() or found.keys() != set(names):
                raise TypeError(f"{type(self).__name__} is made of {', '.join(names)}")
            values = tuple([found[name] for name in names])
        self.__dict__.update(zip(names, values, strict=True))

    @property
    def count(self) -> int:
        """N, the number of information objects."""
        return self.layout.number_of(self)

    def encode_body(self) -> bytes:
        """The bytes behind the header, up to 246. Raises ValueError for a value that its field cannot hold."""
        return self.layout.encode(self)

    def brief(self) -> str:
        """What it says in a few words; empty where there is nothing to say."""
        return self.layout.brief(self)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be changed: make another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be removed")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class Raw(Content):
    """A body whose layout is not known, or does not fit its type; kept as it is."""

    data: bytes = b""

    @property
    def count(self) -> int:
        """Unknown: 0."""
        return 0

    def encode_body(self) -> bytes:
        """The bytes as they came."""
        return self.data

    def brief(self) -> str:
        """Nothing is known of them."""
        return ""


NOTHING = Raw()
