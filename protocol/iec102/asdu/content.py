"""Records whose class says what stands where in their bytes, and what stands behind the header of an ASDU."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, dataclass_transform

from iec102.asdu.body import Name
from iec102.asdu.layout import Layout, Part, Rest, Shape, decode

_NO_DEFAULT = object()


class _Spec:
    """A field of a Struct, until its class is made. ``part`` is None for one that shares the bytes before it."""

    def __init__(self, part: Part | None, default: object) -> None:
        self.part = part
        self.default = default


def field(
    name: Name,
    shape: Shape,
    *,
    verified: bool = True,
    from_record: Callable[[Any], Mapping[str, Any]] | None = None,
    default: Any = _NO_DEFAULT,
) -> Any:
    """Declare a field: its name in the tree and the shape of its bytes; see Part."""
    return _Spec(Part("", name, shape, verified, from_record), default)


def shared() -> Any:
    """Declare a field in the same bytes as the one before it, whose shape gives a tuple."""
    return _Spec(None, _NO_DEFAULT)


@dataclass_transform(frozen_default=True, field_specifiers=(field, shared))
class Struct:
    """An immutable record whose fields stand in the order of their bytes; ``layout`` is made of them.

    What a frozen dataclass would be, without the milli-second that the import of each of those takes. A class of which
    many are made has its own ``__init__``, for a third of the time. ``verified``: its layout was seen in frames.
    """

    layout: ClassVar[Layout]
    __match_args__: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, *, verified: bool = True) -> None:
        names = tuple(cls.__annotations__)
        if not names:
            return
        parts: list[Part] = []
        cls._defaults = {}
        for name in names:
            spec: _Spec = vars(cls)[name]
            if spec.part is None:
                parts[-1] = parts[-1]._replace(attribute=f"{parts[-1].attribute} {name}")
            else:
                parts.append(spec.part._replace(attribute=name))
            delattr(cls, name)
            if spec.default is not _NO_DEFAULT:
                cls._defaults[name] = spec.default
                setattr(cls, name, spec.default)  # in front of a property of the same name
        cls.__match_args__ = names  # type: ignore[misc]
        cls.layout = Layout(cls, *parts, verified=verified, by_hand=vars(cls).get("decode_body") and cls.decode_body)

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        if named or len(values) != len(names):
            given = dict(zip(names, values, strict=False))
            found = self._defaults | given | named
            if len(values) > len(names) or given.keys() & named.keys() or found.keys() != set(names):
                raise TypeError(f"{type(self).__name__} is made of {', '.join(names)}")
            values = tuple([found[name] for name in names])
        fields = self.__dict__
        for name, value in zip(names, values, strict=True):
            fields[name] = value

    @classmethod
    def decode_body(cls, body: bytes, count: int) -> Self | None:
        """Decode a whole body with N in its header; None where it does not fit exactly."""
        found: Self | None = decode(cls.layout, body, count)
        return found

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of {type(self).__name__} cannot be changed: make another one")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class Content(Struct):
    """What stands behind the header of an ASDU."""

    @property
    def count(self) -> int:
        """N, the number of information objects: the number of items in its list, 1 where it has no list."""
        return self.layout.number_of(self)

    def encode_body(self) -> bytes:
        """Encode the bytes behind the header, up to 246. Raises ValueError for a value that its field cannot hold."""
        return self.layout.encode(self)

    def brief(self) -> str:
        """What it says in a few words; empty where there is nothing to say."""
        return ""


class Raw(Content):
    """A body whose layout is not known, or does not fit its type; kept as it is. N is not known: 0."""

    data: bytes = field("bytes", Rest(), default=b"")

    @property
    def count(self) -> int:
        return 0


NOTHING = Raw()
