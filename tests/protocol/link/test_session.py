"""The session of a real meter (REE profile reference, 9.1), byte for byte, from both ends."""

from __future__ import annotations

from collections import deque

from iec102.link import FrameReader, PrimaryStation, SecondaryStation
from support.link_script import answer_to, play
from support.real_frames import needs_real_frames, real_frames

SESSION = """
    start
    >> 10 49 58 1B BC 16
    << 10 0B 58 1B 7E 16
    >> 10 40 58 1B B3 16
    << 10 00 58 1B 73 16
    >> 10 49 58 1B BC 16
    << 10 0B 58 1B 7E 16
    == Started

    send B7 01 06 01 00 00 07 00 00 00
    >> 68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16
    << 10 00 58 1B 73 16
    == Confirmed
    poll
    >> 10 5B 58 1B CE 16
    << 68 0D 0D 68 08 58 1B B7 01 07 01 00 00 07 00 00 00 42 16
    == Data B7 01 07 01 00 00 07 00 00 00

    send 7A 01 06 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09
    >> 68 15 15 68 73 58 1B 7A 01 06 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09 C6 16
    << 10 00 58 1B 73 16
    == Confirmed
    poll
    >> 10 5B 58 1B CE 16
    << 68 15 15 68 08 58 1B 7A 01 07 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09 5C 16
    == Data 7A 01 07 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09
    poll
    >> 10 7B 58 1B EE 16
"""


class Recorded:
    """A meter that gives the answers that were recorded, one a poll."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = deque(answers)

    def reset(self) -> None:
        """Nothing waits."""

    def user_data(self, asdu: bytes) -> bool:
        return True

    def next_data(self) -> bytes | None:
        return self._answers.popleft()


def test_the_reader_says_what_the_real_reader_said() -> None:
    play(PrimaryStation(7000), SESSION)


def test_the_meter_answers_what_the_real_meter_answered() -> None:
    answers = ["B7 01 07 01 00 00 07 00 00 00", "7A 01 07 01 00 0B 01 08 01 00 12 09 09 00 00 13 09 09"]
    script = SESSION[: SESSION.rindex("poll")]
    answer_to(SecondaryStation(7000, Recorded([bytes.fromhex(asdu) for asdu in answers])), script)


@needs_real_frames
def test_the_whole_captured_session_from_both_ends() -> None:
    # The first frames of the capture: link start, password, and a reading of integrated totals with two records.
    session = real_frames()[:18]
    lines, answers = [], []
    for direction, data in session:
        (frame,) = FrameReader().feed(data)
        if direction == "request" and frame.asdu:
            lines.append(f"send {frame.asdu.hex(' ')}")
        elif direction == "request" and frame.fcv:
            lines.append("poll")
        lines.append(f"{'>>' if direction == 'request' else '<<'} {data.hex(' ')}")
        if direction == "answer" and frame.asdu:
            answers.append(frame.asdu)
            lines.append(f"== Data {frame.asdu.hex(' ').upper()}")
        elif direction == "answer" and frame.function == 0 and len(lines) > 6:
            lines.append("== Confirmed")
    script = "\n".join(["start", *lines[:6], "== Started", *lines[6:]])
    play(PrimaryStation(7000), script)
    answer_to(SecondaryStation(7000, Recorded(answers)), script)
