"""Who shares the line through the gateway, as it changes."""

from __future__ import annotations

from typing import ClassVar

from iec102.errors import InvalidSetting
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from iec102_tui.meter_side.session import Session
from iec102_tui.words import meters_text
from iec102_tui.words.gateway_text import gateway_lines, gateway_words, news_lines
from iec102_tui.words.text import N_, _, spoken

_FRAME = 4  # columns of the dialog's border and padding


class GatewayScreen(ModalScreen[None]):
    """The applications, what each is doing, how the line is shared, and what has been refused."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,W", "dismiss(None)", N_("Close"), id="gateway.close", tooltip=N_("Back to the panes")),
        Binding(
            "K",
            "forget_keys",
            N_("Forget wrong passwords"),
            id="gateway.forget_keys",
            tooltip=N_("Let each wrong password be tried once more"),
        ),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = _(meters_text.GATEWAY)
            with VerticalScroll(classes="lines"):
                yield Static("", id="gateway-lines", markup=False)
                yield Static("", id="gateway-news", markup=False)
            yield Static(_(meters_text.GATEWAY_KEYS), classes="keys", markup=False)

    def on_mount(self) -> None:
        self._show()
        self.set_interval(1.0, self._show)

    def action_forget_keys(self) -> None:
        try:
            self._session.forget_wrong_keys()
        except InvalidSetting as error:
            self.notify(spoken(error), severity="warning", markup=False)

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        session = self._session
        first = gateway_words(session.gateway, session.gateway_problem) or _(meters_text.GATEWAY_OFF)
        table = self.query_one("#gateway-lines", Static)
        width = table.size.width or self.size.width - _FRAME
        lines = gateway_lines(session.gateway, session.usage, session.clock.boottime(), width)
        heading, *others = lines
        table.update(
            Content.assemble(
                (first, "$ok" if session.gateway is not None else "$muted"),
                "\n\n",
                (heading, "$muted"),
                *(part for line in others for part in ("\n", (line, "$warn") if line.startswith("!") else line)),
            )
        )
        news = news_lines(session.gateway_news, session.zone)
        self.query_one("#gateway-news", Static).update("\n".join(["", _(meters_text.LATEST), *news] if news else []))
