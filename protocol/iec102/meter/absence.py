"""What a meter does not tell: named, so that one refusal never spoils the rest of a reading."""

from __future__ import annotations

from typing import NamedTuple

from iec102.asdu import Asdu, Cause
from iec102.asdu.asdu import NOTHING_STORED
from iec102.errors import Iec102Error, RequestRefused


class Absence(NamedTuple):
    """Why there is no answer: what the meter was asked for and does not give.

    ``type`` of the request (100 to 190), its ``record`` address, and the ``object`` that was asked for alone (192 to
    201), 0 where it was none. ``cause``: 13 to 18 as the meter refused (REE profile reference, 3.1), 0 where it gave
    nothing usable instead of a refusal. ``reason`` is one sentence in English: a ``Sentence`` with its code.
    """

    type: int
    record: int
    cause: int
    reason: str
    object: int = 0

    @property
    def is_lacking(self) -> bool:
        """Whether the meter does not offer the type at all (cause 14)."""
        return self.cause == Cause.TYPE_NOT_AVAILABLE

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored of what was asked for (causes 13 and 18), which is no fault of the meter."""
        return self.cause in NOTHING_STORED


class KeptBytes(NamedTuple):
    """An answer whose layout is not known, or that does not fit it.

    ``type`` of the answer, its ``record`` address, the ``object`` that was asked for alone (0 where it was none), and
    the bytes behind the header of the ASDU as they came.
    """

    type: int
    record: int
    data: bytes
    object: int = 0


def absence_of(request: Asdu, error: Iec102Error, object_: int = 0) -> Absence:
    """Make the absence of a request that was refused, or whose answer is unusable."""
    cause = error.cause if isinstance(error, RequestRefused) else 0
    return Absence(request.type, request.record, cause, error.sentence, object_)


def kept_bytes(answer: Asdu, object_: int = 0) -> KeptBytes:
    """Keep the bytes of an answer that is not understood."""
    return KeptBytes(answer.type, answer.record, answer.content.encode_body(), object_)
