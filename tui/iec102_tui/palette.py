"""The command palette's entries: every action that a key has, those of the other panes too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import NamedTuple

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

from iec102_tui.panes.pane import Pane
from iec102_tui.words.text import _


class _Entry(NamedTuple):
    """``text`` is searched, ``label`` is shown."""

    text: str
    label: str
    run: Callable[[], Awaitable[None]]


class Actions(Provider):
    """The actions as they are now: those of the focused pane, of the screen, of the program, of the other panes."""

    async def discover(self) -> Hits:
        for entry in self._entries():
            yield DiscoveryHit(entry.label, entry.run)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for entry in self._entries():
            score = matcher.match(entry.text)
            if score > 0:
                yield Hit(score, entry.label, entry.run, text=entry.text)

    def _entries(self) -> Iterator[_Entry]:
        """One an action, with its first key."""
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            text = _words(binding)
            if text and binding.action not in seen and not binding.system and binding.action != "command_palette":
                seen.add(binding.action)
                label = f"{text}  ({self.app.get_key_display(binding)})"
                yield _Entry(text, label, partial(self._run, binding.action, active.node))
        focused = self.screen.focused
        for pane in self.screen.query(Pane):
            if focused is None or pane not in focused.ancestors_with_self:
                yield from self._of_another(pane)

    def _of_another(self, pane: Pane) -> Iterator[_Entry]:
        for node in (pane, *pane.query("*")):
            for binding in node.BINDINGS:
                if isinstance(binding, Binding) and binding.id and (words := _words(binding)):
                    text = f"{_(pane.TITLE)}: {words}"
                    yield _Entry(text, f"{text}  ({pane.KEY})", partial(self._run_in, pane, binding.action, node))

    async def _run(self, action: str, node: DOMNode) -> None:
        await self.app.run_action(action, node)

    async def _run_in(self, pane: Pane, action: str, node: DOMNode) -> None:
        """Goes to the pane first: an action shows what it does there."""
        await self.screen.run_action(f"pane('{pane.id}')")
        self.screen.call_after_refresh(self.app.run_action, action, node)


def _words(binding: Binding) -> str:
    return ": ".join(_(part) for part in (binding.description, binding.tooltip) if part)
