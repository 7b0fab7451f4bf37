"""The footer: the keys of the focused pane, those of the screen and of the program, as far as there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.binding import Binding
from textual.events import Click
from textual.screen import Screen

from iec102_tui.widgets.role_line import RoleLine, Span, width_of
from iec102_tui.words.key_names import key_name
from iec102_tui.words.text import _

_ALWAYS = ("quit", "help")
"""Actions whose keys are never left out."""


class FooterKey(NamedTuple):
    """``key`` is pressed by a click."""

    key: str
    display: str
    words: str
    action: str

    @property
    def spans(self) -> tuple[Span, Span]:
        """Key and words."""
        return (
            Span(self.display, "accent", bold=True, meaning=self.key),
            Span(f" {self.words}", meaning=self.key),
        )


class KeyFooter(RoleLine):
    """One row, drawn by itself: Textual's footer makes a widget a key, at each change of focus."""

    def on_mount(self) -> None:
        super().on_mount()
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.call_after_refresh(self.lay_out)

    @property
    def keys(self) -> list[FooterKey]:
        """The keys that there is room for, in their order."""
        every = [*self._every()]
        kept = [key for key in every if key.action in _ALWAYS]
        room = self.size.width - sum(_width(key) for key in kept) - 1
        others = []
        for key in every:
            if key.action not in _ALWAYS:
                room -= _width(key)
                if room < 0:
                    break
                others.append(key)
        return [*others, *kept]

    def _every(self) -> Iterator[FooterKey]:
        """One an action, with its first key."""
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.action not in seen:
                seen.add(binding.action)
                words = _("all keys") if binding.action == "help" else _lower(_(binding.description))
                yield FooterKey(binding.key, self._display(binding), words, binding.action)

    def _display(self, binding: Binding) -> str:
        shown = self.app.get_key_display(binding)
        return key_name("enter") if shown == "⏎" and self.screen.has_class("plain") else shown

    def lay_out(self) -> None:
        if not self.is_attached:  # its screen was left meanwhile
            return
        keys = self.keys
        self.show(_row([key for key in keys if key.action != "help"]), _row([k for k in keys if k.action == "help"]))

    def on_click(self, event: Click) -> None:
        """A key that is clicked is pressed."""
        span = self.span_at(event.x)
        if span is not None and span.meaning:
            self.app.simulate_key(span.meaning)


def _row(keys: Sequence[FooterKey]) -> list[Span]:
    return [span for key in keys for span in (Span(" "), *key.spans, Span(" "))]


def _width(key: FooterKey) -> int:
    return width_of(key.spans) + 2


def _lower(words: str) -> str:
    """As it stands within a row; what is written in capitals stays so."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
