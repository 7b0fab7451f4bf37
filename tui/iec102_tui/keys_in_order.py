"""Keys reach what they are meant for, however fast they come: over SSH a burst of them arrives in one read."""

from __future__ import annotations

import asyncio
from collections import deque

from textual import events
from textual.app import App
from textual.message import Message

# Seconds after which the next key goes on although the one before has got lost, with a widget that was removed.
_PATIENCE = 0.5


class KeyPassed(Message):
    """Follows a key on its way from the focused widget up to the app."""


class KeySettled(Message, bubble=False):
    """What the key has opened or focused is there."""


class KeysInOrder(App[int]):
    """An app in which each key waits until the one before has had its effect.

    Textual hands a key on without waiting for what the one before opens: the first letters of an answer would go to
    the pane behind the dialog.
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        self._under_way: asyncio.TimerHandle | None = None

    async def on_event(self, event: events.Event) -> None:
        """Textual's way in for whatever happens."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed.append(event)
            if self._under_way is None:
                await self._hand_on()
        else:
            await super().on_event(event)

    async def _hand_on(self) -> None:
        """The next key, and behind it what tells of its effect."""
        if not self._typed or not self._screen_stack:  # the program ends
            return
        event = self._typed.popleft()
        self._under_way = asyncio.get_running_loop().call_later(_PATIENCE, self.post_message, KeySettled())
        way = self.focused or self.screen
        await super().on_event(event)
        if not way.post_message(KeyPassed()):
            self.post_message(KeySettled())

    def on_key_passed(self) -> None:
        """The key has had its effect; a screen that it has opened, or a focus that it has set, comes behind it."""
        if self._screen_stack and not self.screen.call_later(self.post_message, KeySettled()):
            self.post_message(KeySettled())

    async def on_key_settled(self) -> None:
        """Whoever has the focus now gets the next key."""
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None
        await self._hand_on()
