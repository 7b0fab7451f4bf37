"""The state of each meter behind a line: what one of them does is told to those whom it concerns, and to no others."""

from __future__ import annotations

import pytest
from iec102.clock import Clock
from iec102.errors import KeyNotAnswered, KeyRefused
from iec102.line.connection import Connection
from iec102.line.publisher import StatePublisher
from iec102.line.state import LineState, Phase
from iec102.link.evidence import Evidence
from iec102.settings import Station

FIRST, BEHIND_THE_SAME_LINK, ELSEWHERE = Station(1, 1), Station(1, 2), Station(2, 1)


class OpenConnection(Connection):
    """One of which there is nothing to remark."""

    def __init__(self) -> None:
        self.evidence = Evidence()


class Scene:
    """Three watched stations and the line, each with what was told of it; the clock stands at ``now``."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.now = 10.0
        self.line: list[LineState] = []
        self.told: dict[Station, list[LineState]] = {}
        connection = OpenConnection() if is_open else None
        self.publisher = StatePublisher(self.line.append, Clock(boottime=lambda: self.now), lambda: connection)
        for station in (FIRST, BEHIND_THE_SAME_LINK, ELSEWHERE):
            self.told[station] = []
            self.publisher.watch(station, self.told[station].append)
        self.publisher.served = FIRST

    def phases(self) -> list[list[Phase]]:
        return [[state.phase for state in states] for states in self.told.values()]


def test_what_one_meter_refuses_is_told_to_the_line_and_to_nobody_else() -> None:
    scene = Scene()
    scene.publisher.publish(Phase.REFUSED, error="no")
    assert scene.phases() == [[Phase.REFUSED], [], []]
    assert [state.error for state in scene.line] == ["no"]
    assert scene.publisher.state_of(FIRST).error == "no"
    assert scene.publisher.state_of(ELSEWHERE).error is None


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.LOST, Phase.WRONG, Phase.WAITING])
def test_what_happens_to_a_link_concerns_all_behind_it(phase: Phase) -> None:
    scene = Scene()
    scene.publisher.publish(phase)
    assert scene.phases() == [[phase], [phase], []]


def test_without_a_connection_every_step_concerns_all() -> None:
    scene = Scene(is_open=False)
    scene.publisher.publish(Phase.OPENING, "step")
    assert scene.phases() == [[Phase.OPENING]] * 3


def test_what_concerns_nobody_in_particular_concerns_all() -> None:
    scene = Scene()
    scene.publisher.served = None
    scene.publisher.publish(Phase.LENT, "step")
    assert scene.phases() == [[Phase.LENT]] * 3


def test_errors_and_attempts_stay_while_it_is_tried_again() -> None:
    scene = Scene()
    scene.publisher.publish(Phase.WAITING, error="gone", attempt=2, next_attempt=11.0)
    scene.publisher.publish(Phase.OPENING, "step")
    state = scene.publisher.line
    assert (state.phase, state.step, state.error, state.attempt, state.next_attempt) == (
        Phase.OPENING,
        "step",
        "gone",
        2,
        None,
    )
    scene.publisher.publish(Phase.CONNECTED)
    assert (scene.publisher.line.error, scene.publisher.line.attempt) == (None, 0)


def test_since_moves_when_it_connects_and_when_it_no_longer_is() -> None:
    scene = Scene()
    since = [scene.publisher.line.since]
    for phase in (Phase.STARTING, Phase.CONNECTED, Phase.CONNECTED, Phase.LOST, Phase.WAITING):
        scene.now += 1
        scene.publisher.publish(phase)
        since.append(scene.publisher.line.since)
    assert since == [10, 10, 12, 12, 14, 14]


def test_the_same_state_is_told_once() -> None:
    scene = Scene()
    for _ in range(2):
        scene.publisher.publish(Phase.CONNECTED)
    assert len(scene.line) == len(scene.told[FIRST]) == 1


def test_a_refused_key_stays_the_state_of_its_meter_until_it_is_released() -> None:
    scene = Scene()
    scene.publisher.hold(FIRST, KeyRefused("no"))
    for phase in (Phase.LOST, Phase.WAITING, Phase.OPENING, Phase.STARTING, Phase.CONNECTED):
        scene.publisher.publish(phase, error="gone")
    assert scene.phases()[0] == [Phase.REFUSED]
    assert scene.publisher.state_of(FIRST).error == "no"
    assert scene.phases()[1] == [Phase.LOST, Phase.WAITING, Phase.STARTING]
    scene.publisher.release(FIRST)
    scene.publisher.publish(Phase.LOST, error="gone")
    assert scene.phases()[0] == [Phase.REFUSED, Phase.LOST]


def test_a_refusal_is_told_also_to_who_watches_later_and_covered_by_the_end_of_the_line() -> None:
    scene = Scene(is_open=False)
    scene.publisher.unwatch(FIRST, scene.told[FIRST].append)
    scene.publisher.hold(FIRST, KeyNotAnswered("nothing"))
    assert scene.publisher.state_of(FIRST).phase is Phase.REFUSED
    later: list[LineState] = []
    scene.publisher.watch(FIRST, later.append)
    scene.publisher.publish(Phase.CLOSED)
    assert [(state.phase, state.error) for state in later] == [(Phase.REFUSED, "nothing"), (Phase.CLOSED, None)]


def test_who_no_longer_watches_is_told_nothing_and_others_go_on() -> None:
    scene = Scene()
    more: list[LineState] = []
    scene.publisher.watch(FIRST, more.append)
    scene.publisher.unwatch(FIRST, scene.told[FIRST].append)
    scene.publisher.unwatch(FIRST, more.append)
    scene.publisher.unwatch(FIRST, more.append)
    scene.publisher.publish(Phase.REFUSED, error="no")
    assert (scene.told[FIRST], more) == ([], [])
    assert scene.publisher.state_of(FIRST) == scene.publisher.line
