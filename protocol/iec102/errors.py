"""One tree of errors. Each says in one plain sentence what happened and what to check, by a code and named fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iec102.sentence import Sentence


class Iec102Error(Exception):
    """Root of everything that this library raises on purpose. It is made of its sentence."""

    @property
    def sentence(self) -> str:
        """What happened and what to check: a Sentence wherever this library raises it."""
        return self.args[0] if self.args else ""

    @property
    def code(self) -> str:
        """The stable code of the sentence, such as ``link.no_answer``; empty for text that has none."""
        return getattr(self.sentence, "code", "")

    @property
    def fields(self) -> Mapping[str, Any]:
        """The named values of the sentence, such as ``address``; an inner error is a value too."""
        return getattr(self.sentence, "fields", {})


class InvalidSetting(Iec102Error, ValueError):
    """The caller gave a value outside its range."""


class InvalidTarget(InvalidSetting):
    """The target is no URL of a known scheme."""


class LineError(Iec102Error):
    """A fault of the port or of the network connection."""


class ConnectFailed(LineError):
    """The port or the connection could not be opened."""


class Disconnected(LineError):
    """The port or the connection was lost."""


class HungUp(Disconnected):
    """A call was ended on purpose, because nobody had asked anything for long: the next request calls again."""


class LinkError(Iec102Error):
    """A fault of the link layer: frames that were not answered as they must be."""


class NoAnswer(LinkError):
    """No valid answer after all attempts."""


class WrongAnswer(NoAnswer):
    """No valid answer after all attempts, but something else: a damaged one, another meter, another protocol."""


class LinkBusy(LinkError):
    """The meter answered NACK, or kept its data flow control bit, to the last attempt."""


class ContentTimeout(LinkError):
    """The meter said "no data yet" until the time for the content was over."""


class OtherContent(ContentTimeout):
    """What the meter sent until the time for the content was over was for something else."""


class AccessError(Iec102Error):
    """The access key (password) is missing, or was not accepted."""


class KeyNeeded(AccessError):
    """The exchange needs a session and no key was given."""


class KeyRefused(AccessError):
    """The meter refused the key, with this cause. It is never sent again by itself: meters lock out."""

    def __init__(self, text: str, cause: int = 7) -> None:
        self.cause = cause
        super().__init__(text)


class KeyNotAnswered(AccessError):
    """The key was sent and nothing came back: possibly refused, so it is not sent again by itself."""


class KeyAnswerLost(KeyNotAnswered):
    """The key was sent and what came back was no good answer to it, so it is not sent again by itself."""


class UnexpectedAnswer(Iec102Error):
    """The meter answered something that does not fit the request."""


class ReadingUnfinished(Iec102Error):
    """A reading by range gave data and then did not end with cause 10.

    ``answers`` are the ASDUs that had come, ``reason`` what ended it: a line that failed, a meter that had no more to
    say, or a refusal.
    """

    def __init__(self, answers: tuple[object, ...], reason: Iec102Error) -> None:
        self.answers = answers
        self.reason = reason
        super().__init__(Sentence("answer.unfinished", count=len(answers), error=reason))


class AnotherMeter(Iec102Error):
    """Another meter answers than before, over a new connection: what it says must not be taken for the first one's."""


class RegisterNotAvailable(Iec102Error):
    """The meter does not keep the load profile that was asked for, such as quarter-hours."""


class RequestRefused(Iec102Error):
    """The meter echoed the request with an error cause (REE profile reference, 3.1)."""

    cause = 0
    meaning = Sentence("refused.other")

    def __init__(self, type_: int, record: int, cause: int | None = None) -> None:
        self.type = type_
        self.record = record
        if cause is not None:
            self.cause = cause
        super().__init__(Sentence("refused.request", meaning=self.meaning, type=type_, record=record, cause=self.cause))


class RecordNotAvailable(RequestRefused):
    """Cause 13."""

    cause = 13
    meaning = Sentence("refused.record")


class TypeNotAvailable(RequestRefused):
    """Cause 14."""

    cause = 14
    meaning = Sentence("refused.type")


class UnknownRecord(RequestRefused):
    """Cause 15."""

    cause = 15
    meaning = Sentence("refused.no_record")


class UnknownAddress(RequestRefused):
    """Cause 16."""

    cause = 16
    meaning = Sentence("refused.address")


class ObjectNotAvailable(RequestRefused):
    """Cause 17."""

    cause = 17
    meaning = Sentence("refused.object")


class PeriodNotAvailable(RequestRefused):
    """Cause 18."""

    cause = 18
    meaning = Sentence("refused.period")


_REFUSALS: dict[int, type[RequestRefused]] = {
    error.cause: error
    for error in (
        RecordNotAvailable,
        TypeNotAvailable,
        UnknownRecord,
        UnknownAddress,
        ObjectNotAvailable,
        PeriodNotAvailable,
    )
}


def refusal(cause: int, type_: int, record: int) -> RequestRefused:
    """Make the error of an error cause; an unknown cause stays visible as its number."""
    return _REFUSALS.get(cause, RequestRefused)(type_, record, cause)
