"""The lines that a program opens to scripted meters, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from iec102.asdu.password import Password
from iec102.clock import Clock
from iec102.line import Line
from iec102.open import parse_target
from iec102.settings import LineSettings
from iec102.transport.base import Opener
from iec102_tui.meter_side import shared_line
from iec102_tui.profiles.connection import Connection, connection_of
from iec102_tui.profiles.ratio import Ratio
from iec102_tui.profiles.settings_table import Profile
from support.scripted_meter import ScriptedLine, ScriptedMeter

HERE, THERE = "tcp://192.0.2.1:40001", "tcp://192.0.2.2:40001"


def saved(name: str, target: str = HERE, address: int = 1, **settings: Any) -> Connection:
    known = {"voltage_ratio": Ratio.parse("1/1"), "current_ratio": Ratio.parse("1/1"), "password": Password(1)}
    return connection_of(name, Profile(**{"target": target, "link_address": address, **known, **settings}))


class Wires:
    """The lines that were opened, in order, and to which meters each target leads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **meters: ScriptedMeter) -> None:
        self.lines: list[ScriptedLine] = []
        self.behind: dict[str, list[ScriptedMeter]] = {HERE: [ScriptedMeter()], THERE: [ScriptedMeter()]}
        self.mute: set[str] = set()
        monkeypatch.setattr(shared_line, "open_line", self._open)

    def _open(
        self,
        target: str,
        settings: LineSettings,
        *,
        clock: Clock,
        wrap: Callable[[Opener], Opener] | None = None,
        **options: Any,
    ) -> Line:
        parse_target(target)
        line = ScriptedLine(*self.behind[target])
        line.mute = target in self.mute
        self.lines.append(line)
        return Line(line if wrap is None else wrap(line), settings, clock=clock, **options)
