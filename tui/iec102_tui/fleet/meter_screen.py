"""One meter of the fleet: its live values and what else the broker has told of it. Escape goes back to all of them."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType

from iec102_tui.fleet.data_pane import BrokerDataPane
from iec102_tui.fleet.feed import Feed
from iec102_tui.fleet.gateway import connect_through
from iec102_tui.fleet.meter import Key
from iec102_tui.fleet.meter_session import MeterSession
from iec102_tui.main_screen import OverScreen
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.live.pane import LivePane
from iec102_tui.words.text import N_


class MeterScreen(OverScreen):
    """The panes of the monitor, fed by the broker."""

    CSS_PATH = "fleet.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_field", N_("All meters"), id="fleet_meter.back", tooltip=N_("Back to all meters")),
        Binding("f1,1,t", "back", N_("Meters"), id="fleet_meter.fleet", show=False, tooltip=N_("Back to all meters")),
        Binding(
            "g",
            "gateway",
            N_("Gateway"),
            id="fleet_meter.gateway",
            tooltip=N_("Connect through the gateway of its box"),
        ),
        Binding("less_than_sign,greater_than_sign,ctrl+o", "nothing", "", show=False, system=True),
    ]

    def __init__(self, feed: Feed, session: MeterSession, page: str, exports: Path, *, plain: bool) -> None:
        panes = [LivePane(session, exports, plain=plain), BrokerDataPane(session, feed)]
        super().__init__(session, panes, page, alone=page != "live")
        self._feed = feed
        self._of_meter = session
        self.set_class(plain, "plain")

    def on_mount(self) -> None:
        super().on_mount()
        self._feed.attach(self._news)
        self.call_after_refresh(self.mount_hidden)

    def _news(self) -> None:
        self._of_meter.update()
        if self.is_mounted:
            self.session_changed()

    def _tick(self) -> None:
        self._of_meter.update()
        super()._tick()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what has a meaning without a line."""
        if action == "verdict":
            return False
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Back to all meters."""
        self.dismiss()

    def action_nothing(self) -> None:
        """The meters of this box are not changed from here."""

    def action_gateway(self) -> None:
        """Connects by the gateway of its box."""
        connect_through(self.app, self._feed, self._of_meter.key)  # type: ignore[arg-type]


def meter_screen(feed: Feed, key: Key, page: str, beside: Session, exports: Path, *, plain: bool) -> MeterScreen:
    """The screen of one meter, at its live values or at what else is known."""
    return MeterScreen(feed, MeterSession(feed, key, beside), page, exports, plain=plain)
