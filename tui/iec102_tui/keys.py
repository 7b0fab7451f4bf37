"""Keys reach what they are meant for, however fast they come: over SSH a burst of them arrives in one read."""

from __future__ import annotations

import asyncio
from collections import deque

from textual import events
from textual.message import Message
from textual.message_pump import MessagePump

from iec102_tui.closing import ClosesInOrder

# Seconds between two looks at whether a key has got lost with a widget that was removed; and the longest wait for one
# that is still there but does not come to it.
_LOOK_PERIOD = 0.25
_PATIENCE = 10.0


class KeyPassed(Message):
    """Follows a key from the focused widget up to the app; ``acted``: and then what its action has posted."""

    def __init__(self, number: int, *, acted: bool = False) -> None:
        super().__init__()
        self.number = number
        self.acted = acted


class KeySettled(Message, bubble=False):
    """What the key of this number has opened or focused is there."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class KeysInOrder(ClosesInOrder):
    """An app in which each key waits until the one before has had its effect.

    Textual hands a key on without waiting for what the one before opens: the first letters of an answer would go to
    the pane behind the dialog.
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        self._under_way: asyncio.TimerHandle | None = None
        self._way: MessagePump = self  # who has the key, or what tells of its effect
        self._since = 0.0
        self._number = 0
        """Of the key that was handed on last: what tells of an earlier one, late, must not hand on another."""
        self._holders: set[object] = {self}

    def hold_keys(self, holder: object) -> None:
        """The next keys wait until this holder releases them, in bounded time: what they are for is being made."""
        self._holders.add(holder)
        asyncio.get_running_loop().call_later(_PATIENCE, self.release_keys, holder)

    def release_keys(self, holder: object) -> None:
        """The keys that have waited are handed on. ``self`` is the holder until the program has begun."""
        self._holders.discard(holder)
        if not self._holders and self._under_way is None:
            self.post_message(KeySettled(self._number))

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
        if not self._typed or self._holders or not self._screen_stack:  # nothing typed, not ready, or at its end
            return
        event = self._typed.popleft()
        self._number += 1
        self._since = asyncio.get_running_loop().time()
        self._way = self.focused or self.screen
        self._watch_way()
        way = self._way
        await super().on_event(event)
        if not way.post_message(KeyPassed(self._number)):
            self.post_message(KeySettled(self._number))

    def on_key_passed(self, event: KeyPassed) -> None:
        """The key has had its effect; a screen that it has opened, or a focus that it has set, comes behind it.

        Textual runs the action of a binding only when the key has come up here: what the widget posts of that (an entry
        was chosen, a text was submitted) sets out now, and a second message of ours behind it.
        """
        if event.number != self._number or not self._screen_stack:
            return
        if not event.acted and self._way.post_message(KeyPassed(event.number, acted=True)):
            return
        self._way = self.screen
        if not self.screen.call_later(self.post_message, KeySettled(self._number)):
            self.post_message(KeySettled(self._number))

    async def on_key_settled(self, event: KeySettled) -> None:
        """Whoever has the focus now gets the next key."""
        if event.number != self._number:
            return
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None
        await self._hand_on()

    def _watch_way(self) -> None:
        loop = asyncio.get_running_loop()
        self._under_way = loop.call_later(_LOOK_PERIOD, self._check_way)

    def _check_way(self) -> None:
        """A key that got lost must not hold up the next ones."""
        if self._way.is_running and asyncio.get_running_loop().time() < self._since + _PATIENCE:
            self._watch_way()
        else:
            self.post_message(KeySettled(self._number))
