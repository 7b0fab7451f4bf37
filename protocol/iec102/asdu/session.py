"""Start and end of a session: 183 and 187 (REE profile reference, 8.2)."""

from __future__ import annotations

from dataclasses import dataclass

from iec102.application.asdu import Asdu, Cause, TypeId
from iec102.application.password import Password

SECRET_TYPES = frozenset((TypeId.POINT_PARAMETERS, 132, TypeId.START_SESSION))
"""Types whose frames carry the key: 129 answers it, 132 loads another, 183 sends it."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """183: the key, four bytes little endian. A meter that accepts it echoes it with cause 7."""

    key: Password

    @property
    def count(self) -> int:
        return 1

    def encode_body(self) -> bytes:
        return self.key.reveal().to_bytes(4, "little")

    @classmethod
    def decode_body(cls, body: bytes, _count: int) -> AccessKey | None:
        """None where the body is not four bytes."""
        return cls(Password(int.from_bytes(body, "little"))) if len(body) == 4 else None


def start_session(point_address: int, key: Password) -> Asdu:
    """C_AC_NA_2: start session and send access key."""
    return Asdu(TypeId.START_SESSION, Cause.ACTIVATION, point_address, content=AccessKey(key))


def end_session(point_address: int) -> Asdu:
    """C_FS_NA_2: end session."""
    return Asdu(TypeId.END_SESSION, Cause.ACTIVATION, point_address)
