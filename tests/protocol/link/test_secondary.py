"""The meter's side of the link."""

from __future__ import annotations

from iec102.link import Answer, Frame, Function, SecondaryStation, answer, request


class Recorder:
    """An application that counts what reaches it."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.data: list[bytes] = []
        self.resets = 0
        self.busy = False

    def reset(self) -> None:
        self.resets += 1

    def user_data(self, asdu: bytes) -> bool:
        if not self.busy:
            self.requests.append(asdu)
        return not self.busy

    def next_data(self) -> bytes | None:
        return self.data.pop(0) if self.data else None


def station() -> tuple[SecondaryStation, Recorder]:
    recorder = Recorder()
    meter = SecondaryStation(7000, recorder)
    meter.receive(request(Function.RESET, 7000))
    return meter, recorder


def user_data(*, fcb: bool, asdu: bytes = b"ask") -> Frame:
    return request(Function.USER_DATA, 7000, fcb=fcb, asdu=asdu)


def poll(*, fcb: bool) -> Frame:
    return request(Function.CLASS_2, 7000, fcb=fcb)


def test_status_and_reset_are_answered() -> None:
    meter, recorder = station()
    assert meter.receive(request(Function.LINK_STATUS, 7000)) == answer(Answer.LINK_STATUS, 7000)
    assert meter.receive(request(Function.RESET, 7000)) == answer(Answer.ACK, 7000)
    assert recorder.resets == 2


def test_the_first_counting_frame_after_a_reset_has_fcb_1() -> None:
    meter, recorder = station()
    assert meter.receive(user_data(fcb=True)) == answer(Answer.ACK, 7000)
    assert recorder.requests == [b"ask"]


def test_fcb_0_behind_a_reset_repeats_nothing_and_gets_no_answer() -> None:
    meter, recorder = station()
    assert meter.receive(user_data(fcb=False)) is None
    assert recorder.requests == []
    assert meter.receive(user_data(fcb=True)) == answer(Answer.ACK, 7000)


def test_a_reader_that_leaves_out_the_reset_is_answered_with_either_fcb() -> None:
    for fcb in (False, True):
        assert SecondaryStation(7000, Recorder()).receive(user_data(fcb=fcb)) == answer(Answer.ACK, 7000)


def test_a_reset_in_the_middle_starts_the_count_again() -> None:
    meter, recorder = station()
    meter.receive(user_data(fcb=True, asdu=b"one"))
    meter.receive(request(Function.RESET, 7000))
    meter.receive(user_data(fcb=True, asdu=b"two"))
    assert recorder.requests == [b"one", b"two"]


def test_the_link_status_between_two_polls_moves_nothing() -> None:
    meter, recorder = station()
    recorder.data = [b"one", b"two"]
    first = meter.receive(poll(fcb=True))
    meter.receive(request(Function.LINK_STATUS, 7000))
    assert meter.receive(poll(fcb=True)) == first
    assert recorder.data == [b"two"]


def test_the_same_fcb_again_repeats_the_answer_and_executes_nothing() -> None:
    meter, recorder = station()
    recorder.data = [b"one", b"two"]
    meter.receive(user_data(fcb=True))
    meter.receive(user_data(fcb=True))
    assert recorder.requests == [b"ask"]
    first = meter.receive(poll(fcb=False))
    assert meter.receive(poll(fcb=False)) == first == answer(Answer.USER_DATA, 7000, b"one")
    assert meter.receive(poll(fcb=True)) == answer(Answer.USER_DATA, 7000, b"two")


def test_without_data_the_poll_is_answered_with_function_9() -> None:
    meter, _recorder = station()
    assert meter.receive(poll(fcb=True)) == answer(Answer.NO_DATA, 7000)


def test_a_nack_leaves_the_fcb_so_the_repetition_is_executed() -> None:
    meter, recorder = station()
    recorder.busy = True
    assert meter.receive(user_data(fcb=True)) == answer(Answer.NACK, 7000)
    recorder.busy = False
    assert meter.receive(user_data(fcb=True)) == answer(Answer.ACK, 7000)
    assert recorder.requests == [b"ask"]


def test_what_is_not_for_this_station_is_not_answered() -> None:
    meter, recorder = station()
    assert meter.receive(request(Function.LINK_STATUS, 1)) is None
    assert meter.receive(request(Function.LINK_STATUS, 0xFFFF)) is None
    assert meter.receive(answer(Answer.ACK, 7000)) is None
    assert meter.receive(Frame(0x44, 7000, b"broadcast")) is None
    assert recorder.requests == []
