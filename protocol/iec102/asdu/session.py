"""Session and clock: 183 and 187, 103 and 72, 181 (REE profile reference, 8.2)."""

from __future__ import annotations

from iec102.asdu.asdu import Asdu, Cause, TypeId
from iec102.asdu.content import Content, field
from iec102.asdu.leaves import KEY, TIME_B, minute
from iec102.asdu.password import Password
from iec102.asdu.timetag import TimeTagB


class AccessKey(Content):
    """183: the key, four bytes little endian. A meter that accepts it echoes it with cause 7."""

    key: Password = field("access key", KEY)


def start_session(point_address: int, key: Password) -> Asdu:
    """C_AC_NA_2: start session and send access key."""
    return Asdu(TypeId.START_SESSION, Cause.ACTIVATION, point_address, content=AccessKey(key))


def end_session(point_address: int) -> Asdu:
    """C_FS_NA_2: end session."""
    return Asdu(TypeId.END_SESSION, Cause.ACTIVATION, point_address)


class ClockTime(Content):
    """72 and 181: one time tag b, without an object address before it. Some meters echo 181 without the time."""

    time: TimeTagB = field("date and time", TIME_B)

    def brief(self) -> str:
        whole = self.time.minutes
        return f"{minute(whole)}:{self.time.second:02}" if whole.year else minute(whole)


def read_clock(point_address: int) -> Asdu:
    """C_TI_NA_2."""
    return Asdu(TypeId.READ_CLOCK, Cause.REQUEST, point_address)
