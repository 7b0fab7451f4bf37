"""A check of the way to a meter as it is walked, and what is said of it."""

from __future__ import annotations

from iec102.open import parse_target
from iec102.search.check import Check, Step
from textual.content import Content
from textual.widgets import Static

from iec102_tui.meter_side.background_task import BackgroundTask
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.meter_rows import detail_of
from iec102_tui.profiles.connection import Connection
from iec102_tui.words import meters_text
from iec102_tui.words.check_text import STEP_WORDS, is_told, passed_words, seconds_words, verdict
from iec102_tui.words.plain_text import printable, shortened
from iec102_tui.words.text import N_, _, spoken

_REFRESH = 0.25
GOOD, DOUBTFUL, BAD, UNDER_WAY = "✓", "▲", "✖", "○"
_STEP_WIDTH, _DETAIL_WIDTH = 17, 32
_TRYING = N_("trying")
_TRYING_STEP = N_("trying {step}")


class CheckRun:
    """Walks once, from ``start`` on. A refusal of the password is remembered."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self.connection = connection
        self.began = session.clock.wall().astimezone(connection.zone)
        self._session = session
        self._check = Check(
            parse_target(connection.target), connection.settings, connection.station, zone=connection.zone
        )
        self._work: BackgroundTask | None = None

    def start(self) -> None:
        """Begins on a thread of its own."""
        self._work = self._session.run_work(self._walk)

    def stop(self) -> None:
        """Gives the line back."""
        if self._work is not None:
            self._work.stop()

    @property
    def over(self) -> bool:
        """Nothing more comes."""
        return self._work is not None and self._work.over

    @property
    def passed(self) -> bool:
        """All steps are walked; a clock that is wrong ends the check, and is one of the judgements."""
        failed = self._check.failed
        good = failed is None or failed.step is Step.CLOCK
        return self.over and good and self._work is not None and not self._work.failure

    def content(self) -> Content:
        """A line a step, what is wrong under it, and at the end the verdict."""
        parts: list[Content] = []
        outcomes = tuple(self._check.outcomes)
        for outcome in outcomes:
            bad, doubtful = outcome.error is not None, outcome.remark is not None
            sign, role = (BAD, "error") if bad else (DOUBTFUL, "warn") if doubtful else (GOOD, "ok")
            words = f"{_(STEP_WORDS[outcome.step]):{_STEP_WIDTH}}"
            detail = f"{shortened(self._detail(outcome.step), _DETAIL_WIDTH - 2):{_DETAIL_WIDTH}}"
            time = seconds_words(outcome.seconds)
            parts.append(
                Content.assemble((f"{sign} ", f"${role}"), (words, "$foreground"), (detail, "$muted"), (time, "$faint"))
            )
            if said := outcome.error or outcome.remark:
                parts.append(Content.styled(f"  {printable(spoken(said))}", f"${role}"))
        if (remark := self._check.remark) and not is_told(remark, outcomes):
            parts.append(Content.styled(f"{DOUBTFUL} {printable(spoken(remark))}", "$warn"))
        return Content("\n").join([*parts, self._last()])

    def _detail(self, step: Step) -> str:
        """What was tried."""
        profile, station = self.connection.profile, self.connection.station
        if step is Step.OPEN:
            return detail_of(profile, address=False)
        if step is Step.LINK:
            return _(meters_text.AT_LINK_ADDRESS, address=station.link_address)
        if step is Step.KEY:
            return _(meters_text.AT_POINT_ADDRESS, address=station.point_address)
        return ""

    def _last(self) -> Content:
        if not self.over:
            step = self._check.step
            words = _(_TRYING_STEP, step=_(STEP_WORDS[step])) if step else _(_TRYING)
            return Content.assemble((f"{UNDER_WAY} ", "$accent"), (words, "$muted"))
        assert self._work is not None
        outcomes = self._check.outcomes
        if self._work.failure:
            return Content.styled(f"\n{BAD} {printable(self._work.failure)}", "bold $error")
        if self._check.failed is not None:
            return Content.styled(f"\n{verdict(outcomes)}", "bold $error")
        return Content.styled(f"\n{passed_words(outcomes)}", "bold $ok")

    async def _walk(self) -> None:
        """On its thread. What became of the password is remembered also where nobody looks any more."""
        try:
            await self._check.run()
        finally:
            if self._check.key_refused:
                self._session.remember_refusal(self.connection)
            elif any(each.step is Step.KEY and each.error is None for each in self._check.outcomes):
                self._session.remember_acceptance(self.connection)


class CheckView(Static):
    """Shows a check while it goes on, and its end."""

    def __init__(self, empty: str = "", *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__("", id=id, markup=False)
        self._empty = empty
        self._run: CheckRun | None = None
        self._shown: Content | None = None

    def on_mount(self) -> None:
        self.set_interval(_REFRESH, self._show)
        self._show()

    def look_at(self, run: CheckRun | None) -> None:
        """From now on shows this one."""
        self._run = run
        self._show()

    def _show(self) -> None:
        content = Content.styled(self._empty, "$faint") if self._run is None else self._run.content()
        if self._shown is None or content != self._shown or content.spans != self._shown.spans:
            self._shown = content
            self.update(content)
