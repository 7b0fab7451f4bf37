"""One tree of errors. Each message is a plain sentence that says what happened and what to check."""

from __future__ import annotations


class Iec102Error(Exception):
    """Root of everything that this library raises on purpose."""


class InvalidSetting(Iec102Error, ValueError):
    """The caller gave a value outside its range."""


class InvalidTarget(InvalidSetting):
    """A target that is no URL of a known kind."""


class LineError(Iec102Error):
    """The port or the network connection."""


class ConnectFailed(LineError):
    """The port or the connection could not be opened."""


class Disconnected(LineError):
    """The port or the connection was lost."""


class LinkError(Iec102Error):
    """The link layer: frames that were not answered as they must be."""


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
    """The access key (password)."""


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
        super().__init__(f"the meter did not finish its answer, of which {len(answers)} parts have come: {reason}")


class RegisterNotAvailable(Iec102Error):
    """The meter does not keep the load profile that was asked for, such as quarter-hours."""


class RequestRefused(Iec102Error):
    """The meter echoed the request with an error cause (REE profile reference, 3.1)."""

    cause = 0
    meaning = "the meter refused the request"

    def __init__(self, type_: int, record: int, cause: int | None = None) -> None:
        self.type = type_
        self.record = record
        if cause is not None:
            self.cause = cause
        super().__init__(f"{self.meaning} (type {type_}, record {record}, cause {self.cause})")


class RecordNotAvailable(RequestRefused):
    """Cause 13."""

    cause = 13
    meaning = "the meter refused to give data of this record for what was asked: check the dates"


class TypeNotAvailable(RequestRefused):
    """Cause 14."""

    cause = 14
    meaning = "this meter does not offer this kind of request"


class UnknownRecord(RequestRefused):
    """Cause 15."""

    cause = 15
    meaning = "this meter does not have this record"


class UnknownAddress(RequestRefused):
    """Cause 16."""

    cause = 16
    meaning = "the meter does not know this measuring point: check the point address (display, L46 Identifiers, 0.00.6)"


class ObjectNotAvailable(RequestRefused):
    """Cause 17."""

    cause = 17
    meaning = "this meter does not offer the objects that were asked for"


class PeriodNotAvailable(RequestRefused):
    """Cause 18."""

    cause = 18
    meaning = "the meter refused the period that was asked for: check the dates, or ask for a part of it"


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
    """The error for an error cause; an unknown one stays visible as its number."""
    return _REFUSALS.get(cause, RequestRefused)(type_, record, cause)
