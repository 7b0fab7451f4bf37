"""Dialogues on the link as they are read aloud; one step a line:

    start | status | send ask | poll     a service of the primary station begins
    >> reset                             the reader sends this frame, and nothing else
    << ack                               this frame comes from the meter
    .. 1.0                               seconds pass
    == Data one                          the service has ended so

Of a frame that is dropped only the counters tell.

Frames are hex as on the line, or words: status, reset, user 1 ask, poll 0 (the digit is the FCB); and from the meter
status, ack, nack, none, data one, each but the last with +dfc where the meter asks for a pause. `#` starts a remark.
"""

from __future__ import annotations

from iec102.link import (
    Answer,
    Data,
    Dropped,
    Failed,
    Frame,
    FrameReader,
    Function,
    LinkEvent,
    PrimaryStation,
    SecondaryStation,
    Transmit,
    answer,
    request,
)

_REQUESTS = {
    "status": Function.LINK_STATUS,
    "reset": Function.RESET,
    "user": Function.USER_DATA,
    "poll": Function.CLASS_2,
}
_ANSWERS = {
    "status": Answer.LINK_STATUS,
    "ack": Answer.ACK,
    "nack": Answer.NACK,
    "none": Answer.NO_DATA,
    "data": Answer.USER_DATA,
}


def play(link: PrimaryStation, script: str, now: float = 0.0) -> float:
    """Plays the meter and the clock of a script against a primary station; gives the time at its end."""
    said: list[str] = []
    for step, rest in _steps(script):
        if step not in (">>", "=="):
            assert said == [], f"unexpected before {step} {rest}"
        if step == ">>":
            assert said.pop(0) == f">> {_frame(link.address, rest, _REQUESTS)}"
        elif step == "==":
            assert said.pop(0) == f"== {rest}"
        elif step == "..":
            now = _pass(link, now, now + float(rest), said)
        elif step == "<<":
            said += _said(link.receive(_frame(link.address, rest, _ANSWERS), now))
        else:
            said += _said(_begin(link, step, rest, now))
    assert said == []
    return now


def answer_to(meter: SecondaryStation, script: str) -> None:
    """Plays the reader of the same script against a secondary station."""
    reply: Frame | None = None
    for step, rest in _steps(script):
        if step == ">>":
            assert reply is None, f"unexpected before {rest}"
            reply = meter.receive(_frame(meter.address, rest, _REQUESTS))
        elif step == "<<":
            assert reply == _frame(meter.address, rest, _ANSWERS)
            reply = None
    assert reply is None


def _steps(script: str) -> list[tuple[str, str]]:
    lines = (line.split("#")[0].strip() for line in script.splitlines())
    return [(line.split()[0], " ".join(line.split()[1:])) for line in lines if line]


def _frame(address: int, text: str, names: dict[str, Function] | dict[str, Answer]) -> Frame:
    name, _, rest = text.partition(" ")
    if name in ("10", "68"):
        (item,) = FrameReader().feed(bytes.fromhex(text))
        assert isinstance(item, Frame)
        return item
    name, plus, _ = name.partition("+")
    function = names[name]
    if isinstance(function, Answer):
        return answer(function, address, _bytes(rest) if rest else None, dfc=bool(plus))
    bit, _, rest = rest.partition(" ")
    return request(function, address, fcb=bit == "1" if bit else None, asdu=_bytes(rest) if rest else None)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return text.encode()


def _begin(link: PrimaryStation, service: str, asdu: str, now: float) -> list[LinkEvent]:
    match service:
        case "start":
            return link.start(now)
        case "status":
            return link.request_status(now)
        case "send":
            return link.send(_bytes(asdu), now)
        case "poll":
            return link.poll(now)
    raise AssertionError(f"no such step: {service}")


def _pass(link: PrimaryStation, now: float, until: float, said: list[str]) -> float:
    while link.deadline is not None and link.deadline <= until + 1e-9:
        now = max(now, link.deadline)
        said += _said(link.expire(now))
    return until


def _said(events: list[LinkEvent]) -> list[str]:
    return [_words(event) for event in events if not isinstance(event, Dropped)]


def _words(event: LinkEvent) -> str:
    match event:
        case Transmit(frame):
            return f">> {frame}"
        case Data(asdu):
            return (
                f"== Data {asdu.decode() if asdu.isascii() and asdu.decode().isprintable() else asdu.hex(' ').upper()}"
            )
        case Failed(error):
            return f"== Failed {type(error).__name__}"
    return f"== {type(event).__name__}"
