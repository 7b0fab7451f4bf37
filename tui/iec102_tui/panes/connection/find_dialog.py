"""A meter is looked for while one looks on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from iec102.errors import ConnectFailed
from iec102.search.addresses import parse_addresses
from iec102.search.search import Found
from iec102.settings import LineSettings
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from iec102_tui.meter_side.background_task import BackgroundTask
from iec102_tui.meter_side.search import LineSearch, MultiSearch, SearchCriteria, unique_ports
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.pane import Pane
from iec102_tui.profiles.serial_ports import serial_ports
from iec102_tui.widgets.paged_list import PagedList
from iec102_tui.widgets.question_dialog import QuestionScreen
from iec102_tui.words import meters_text
from iec102_tui.words.find_text import found_words, plan_words, progress_words
from iec102_tui.words.plain_text import printable
from iec102_tui.words.text import N_, _, spoken

_REFRESH = 0.25


def ask_and_find(
    pane: Pane,
    target: str | None,
    settings: LineSettings,
    addresses: str,
    found: Callable[[tuple[LineSearch, Found] | None], None],
) -> None:
    """Asks which link addresses to try, offering these, and looks for a meter; ``found`` gets what the user takes."""

    def answered(text: str | None) -> None:
        if text is not None:
            criteria = SearchCriteria(parse_addresses(text), settings)
            pane.app.push_screen(FindScreen(pane.session, target, criteria), found)

    title = _(meters_text.ADDRESSES_TO_TRY)
    pane.app.push_screen(QuestionScreen(title, text=addresses, check=parse_addresses), answered)


class FindScreen(ModalScreen[tuple[LineSearch, Found] | None]):
    """Gives the meter that the user takes. Without ``target`` all serial ports are searched; leaving ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", N_("Stop"), id="find.stop", tooltip=N_("Stop, and back to the panes")),
    ]

    def __init__(self, session: Session, target: str | None, criteria: SearchCriteria) -> None:
        super().__init__()
        self._session = session
        self._targets: Sequence[str] = () if target is None else (target,)
        self._criteria = criteria
        self._multi_search: MultiSearch | None = None
        self._work: BackgroundTask | None = None
        self._shown = 0
        self._found = PagedList(markup=False, compact=True, id="find-found")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = _(meters_text.FIND_TITLE)
            yield Static("", id="find-plan", markup=False)
            yield Static("", id="find-progress", markup=False)
            yield self._found
            yield Static("", id="find-end", markup=False)
            yield Static(_(meters_text.FIND_KEYS), classes="keys", markup=False)

    def on_mount(self) -> None:
        self._found.display = False
        self._work = self._session.run_work(self._search)
        self.set_interval(_REFRESH, self._show)

    def on_unmount(self) -> None:
        """The line is given back."""
        if self._work is not None:
            self._work.stop()

    async def _search(self) -> None:
        """On the work's thread."""
        targets = self._targets or [f"serial:{port.path}" for port in unique_ports(serial_ports())]
        if not targets:
            raise ConnectFailed(_(meters_text.FIND_NO_PORTS))
        self._multi_search = MultiSearch(targets, self._criteria)
        await self._multi_search.run()

    def _show(self) -> None:
        work, multi_search = self._work, self._multi_search
        if work is None:
            return
        over = work.over
        if multi_search is not None:
            self._say("plan", plan_words(multi_search.plan))
            self._say("progress", "" if over else progress_words(multi_search.tried))
            self._show_found(multi_search)
        if over:
            self._say("end", self._end(work))

    def _show_found(self, multi_search: MultiSearch) -> None:
        found = multi_search.found
        for place, meter in found[self._shown :]:
            self._found.add_option(Option(printable(found_words(place, meter))))
        if found and not self._shown:
            self._found.display = True
            self._found.highlighted = 0
            self._found.focus()
            self.query_one(".keys", Static).update(_(meters_text.FIND_TAKE_KEYS))
        self._shown = len(found)

    def _end(self, work: BackgroundTask) -> str:
        found = [] if self._multi_search is None else [place for place, _meter in self._multi_search.found]
        text = spoken(work.failure or next((place.search.remark for place in found if place.search.remark), ""))
        return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""

    def _say(self, where: str, text: str) -> None:
        line = self.query_one(f"#find-{where}", Static)
        if str(line.content) != printable(text):
            line.update(printable(text))

    @on(OptionList.OptionSelected)
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self._multi_search is not None:
            self.dismiss(self._multi_search.found[event.option_index])
