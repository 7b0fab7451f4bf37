"""A line for a filter or a search, judged while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from iec102.errors import InvalidSetting
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from iec102_tui.words.text import N_, _, spoken

_LONGEST = 200
_REMEMBERED = 50


class QueryBar(Vertical):
    """Asks while it is typed. Hidden until it is opened.

    ``check`` raises InvalidSetting for what is no query, ``complete`` gives whole texts that the one typed so far may
    become.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Back"), id="query.leave", tooltip=N_("Back to the list, as it was before")),
        Binding("up", "recall(-1)", N_("Earlier"), id="query.earlier", tooltip=N_("What was asked for earlier")),
        Binding("down", "recall(1)", N_("Later"), id="query.later", show=False, tooltip=N_("What was asked for later")),
        Binding("tab", "complete", N_("Complete"), id="query.complete", tooltip=N_("Take what is suggested")),
    ]

    @dataclass
    class Asked(Message):
        """A valid query; ``final``: by Enter, otherwise still being typed. Empty text asks for nothing."""

        kind: str
        text: str
        final: bool

    @dataclass
    class Left(Message):
        """Escape: what there was before holds again."""

        kind: str

    def __init__(
        self,
        check: Callable[[str], object],
        complete: Callable[[str], Sequence[str]],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._check = check
        self._complete = complete
        self._kind = ""
        self._history: dict[str, list[str]] = {}
        self._place = 0
        self._valid = False
        self._input = _Field(suggester=_Completion(complete), max_length=_LONGEST, compact=True)
        self._input.cursor_blink = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("", classes="kind", markup=False)
            yield self._input
        yield Static("", classes="verdict", markup=False)

    def open(self, kind: str, text: str) -> None:
        """Asks for a query of this kind, a marked name that stands in front of the field."""
        self._kind = kind
        self._place = len(self._history.get(kind, ()))
        self.query_one(".kind", Static).update(f"{_(kind)}: ")
        self.display = True
        self._input.value = text
        self._input.action_select_all()
        self._judge(text)
        self.screen.set_focus(self._input)  # at once: the next keys are meant for it, however fast they come

    def focus_content(self) -> None:
        """Goes to the field."""
        self._input.focus()

    def asks(self, kind: str) -> bool:
        """A query of this kind is being typed, and is valid so far."""
        return self.display and self._kind == kind and self._valid and not self._unfinished(self._input.value)

    def say(self, words: str) -> None:
        """The verdict on what is typed."""
        self.query_one(".verdict", Static).update(words)

    def action_leave(self) -> None:
        """Closes the field."""
        self.display = False
        self.post_message(self.Left(self._kind))

    def action_recall(self, by: int) -> None:
        """Goes through the queries of before; behind the newest one is an empty line."""
        history = self._history.get(self._kind, [])
        self._place = min(max(self._place + by, 0), len(history))
        self._input.value = history[self._place] if self._place < len(history) else ""
        self._input.action_end()

    def action_complete(self) -> None:
        """Takes the suggestion; where there is none, nothing happens."""
        self._input.action_end()
        self._input.action_cursor_right()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display and self._judge(event.value) and not self._unfinished(event.value):
            self.post_message(self.Asked(self._kind, event.value, final=False))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._judge(event.value):
            return
        self._remember(event.value)
        self.display = False
        self.post_message(self.Asked(self._kind, event.value, final=True))

    def _judge(self, text: str) -> bool:
        """Says whether the text is a query, and what it may become."""
        self._valid = False
        try:
            if text.strip():
                self._check(text)
        except InvalidSetting as error:
            self.say(f"! {spoken(error)}")
        else:
            self._valid = True
            if not text.strip():
                self.say(_("such as {examples}", examples=", ".join(self._complete(""))))
            elif self._unfinished(text):
                self.say(_("Enter takes it, Tab makes it {words}", words=" or ".join(self._complete(text))))
            else:
                self.say(_("valid"))
        return self._valid

    def _unfinished(self, text: str) -> bool:
        """Its last word may become another: to ask already would show what nobody wants to see."""
        return bool(text.strip() and self._complete(text))

    def _remember(self, text: str) -> None:
        if not text.strip():
            return
        history = self._history.setdefault(self._kind, [])
        if text in history:
            history.remove(text)
        history.append(text)
        del history[:-_REMEMBERED]


class _Field(Input):
    """Its Enter is in the footer: without it, Escape looks like the only way back to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", N_("Take it"), tooltip=N_("Keep the filter, or go to what is found")),
    ]


class _Completion(Suggester):
    """The first line that the text may become."""

    def __init__(self, complete: Callable[[str], Sequence[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        lines = self._complete(value)
        return lines[0] if lines else None
