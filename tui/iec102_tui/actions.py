"""The command palette's entries: every action that a key has on this screen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider


class Actions(Provider):
    """The actions as they are now: those of the focused pane, of the screen, of the program."""

    async def discover(self) -> Hits:
        for text, key, active in self._actions():
            yield DiscoveryHit(f"{text}  ({key})", partial(self._run, active))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for text, key, active in self._actions():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, f"{text}  ({key})", partial(self._run, active), text=text)

    def _actions(self) -> Iterator[tuple[str, str, ActiveBinding]]:
        """One entry an action, with its first key."""
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            text = ": ".join(part for part in (binding.description, binding.tooltip) if part)
            if binding.system or not text or binding.action in seen or binding.action == "command_palette":
                continue
            seen.add(binding.action)
            yield text, self.app.get_key_display(binding), active

    async def _run(self, active: ActiveBinding) -> None:
        await self.app.run_action(active.binding.action, active.node)
