"""Meters that call in: ``listen://HOST:PORT?allow=NETWORKS``, behind 4G modems whose network lets nobody call them.

Who calls is told apart by where it calls from (``allow``), then by the line of text that some modems say first
(``identification``), then by the link address that answers: where one call fits several meters that are awaited, each
of these is asked for its link status, and the one that answers has the call. All that listen at one address share it; a
call that comes while its meter is not awaited is kept for a while, because who was just disconnected calls at once.

Only this machine may call where nothing else is allowed, and nobody else is heard at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import weakref
from typing import ClassVar, cast

from iec102.errors import ConnectFailed, InvalidSetting, InvalidTarget
from iec102.link import Frame, FrameReader, Function, request
from iec102.link.noise import text_in
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport.base import Informed, Opener, Receiver, Transport
from iec102.transport.listen_address import Address, why_not_listening
from iec102.transport.networks import LOOPBACK, Network, is_in, network
from iec102.transport.scheme import MakeOpener
from iec102.transport.tcp import TcpTransport, prepare_socket
from iec102.transport.url_options import option, without_options

# Calls that wait to be taken, and the seconds for which they do.
_MOST_CALLS = 16
_KEPT = 60.0
# Seconds for the identification line; text without an end is one when nothing has followed for a moment.
_IDENTIFICATION, _END_OF_TEXT = 10.0, 1.0
# Seconds for a meter to answer which it is.
_ANSWER = 5.0
_MOST_BYTES = 4096


def opener_of(text: str, rest: str) -> MakeOpener:
    """What opens ``listen://HOST:PORT?allow=NETWORKS``. Raises InvalidTarget."""
    place = without_options(rest, ("allow",))
    if not place.startswith("//") or "?" in place:
        raise InvalidTarget(Sentence("target.listen", target=text))
    try:
        address = Address.parse(place.removeprefix("//").rstrip("/"))
        allowed = option(text, "allow") or ""
        networks = tuple(network(part) for part in allowed.split(",")) if allowed else ()
    except InvalidSetting as error:
        raise InvalidTarget(Sentence("target.option_value", target=text, error=error)) from None
    if not networks and not address.is_local:
        raise InvalidTarget(Sentence("listen.open_to_all", target=text))

    def opener(settings: LineSettings) -> Opener:
        return ListenOpener(address, networks, settings)

    return opener


class ListenOpener:
    """Takes one call after another at an address; ``networks`` may call besides this machine."""

    byte_time = 0.0

    def __init__(self, address: Address, networks: tuple[Network, ...], settings: LineSettings) -> None:
        self.name = f"listen://{address}"
        self.link_address: int | None = None
        self.identification = None if settings.identification is None else re.compile(settings.identification)
        self.waiting: asyncio.Future[_Caller] | None = None
        self.receiver: Receiver | None = None
        self._turned_away: set[Sentence] = set()
        self._last_turned_away: Sentence | None = None
        self._address = address
        self._networks = (*LOOPBACK, *networks)
        self._timeout = settings.modem_timeout
        self._board: Switchboard | None = None

    def expect(self, link_address: int) -> None:
        """Say which meter is awaited."""
        self.link_address = link_address

    def admits(self, peer: str) -> bool:
        """Whether a modem at this address may call."""
        return is_in(peer, self._networks)

    def turn_away(self, why: Sentence) -> None:
        """Note that somebody has called who was not the meter: said once of each, and where the meter does not call."""
        if self.receiver is not None:
            self._last_turned_away = why
            if why not in self._turned_away and len(self._turned_away) < _MOST_CALLS:
                self._turned_away.add(why)
                _tell(self.receiver, why)

    async def open(self, receiver: Receiver) -> Transport:
        """Wait for a call, without end unless there is a modem timeout. Raises ConnectFailed."""
        loop = asyncio.get_running_loop()
        board = self._board = Switchboard.at(self._address)
        where = await board.join(self)
        _tell(receiver, Sentence("step.awaiting_call", address=where))
        began = loop.time()
        seconds = None if self._timeout is None else self._timeout / 1000
        waiting = self.waiting = loop.create_future()
        self.receiver, self._last_turned_away = receiver, None
        try:
            async with asyncio.timeout(seconds):
                board.look()
                caller = await waiting
        except TimeoutError:
            raise ConnectFailed(self._nobody(seconds)) from None
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                waiting.result().close()
            raise
        finally:
            self.waiting = self.receiver = None
        _tell(receiver, Sentence("step.called", peer=caller.peer, seconds=loop.time() - began))
        transport: Transport = caller.give_to(receiver)
        return transport

    def _nobody(self, seconds: float | None) -> Sentence:
        if self._last_turned_away is None:
            return Sentence("listen.nobody", line=self.name, seconds=seconds)
        return Sentence("listen.only_others", line=self.name, seconds=seconds, who=self._last_turned_away)

    async def parted(self) -> None:
        """Listen no longer, unless others do at this address."""
        board, self._board = self._board, None
        if board is not None:
            board.leave(self)


class Switchboard:
    """One address with all who await calls there."""

    _boards: ClassVar[weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Address, Switchboard]]] = (
        weakref.WeakKeyDictionary()
    )

    def __init__(self, address: Address) -> None:
        self._address = address
        self._users: list[ListenOpener] = []
        self._callers: list[_Caller] = []
        self._server: asyncio.Server | None = None
        self._starting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def at(cls, address: Address) -> Switchboard:
        """Find that of the running loop, or make it; port 0 is another one each time."""
        boards = cls._boards.setdefault(asyncio.get_running_loop(), {})
        return boards.setdefault(address, cls(address)) if address.port else cls(address)

    async def join(self, user: ListenOpener) -> Address:
        """Listen for this one too; gives where. Raises ConnectFailed."""
        if user not in self._users:
            self._users.append(user)
        async with self._starting:
            if self._server is None:
                try:
                    self._server = await self._listen()
                except (OSError, UnicodeError) as error:
                    self.leave(user)
                    raise ConnectFailed(
                        Sentence("listen.failed", address=self._address, why=why_not_listening(error))
                    ) from None
        return Address(self._address.host, self._server.sockets[0].getsockname()[1])

    def leave(self, user: ListenOpener) -> None:
        """Listen for this one no longer."""
        if user in self._users:
            self._users.remove(user)
        if not self._users:
            Switchboard._boards.get(asyncio.get_running_loop(), {}).pop(self._address, None)
            for task in self._tasks:
                task.cancel()
            for caller in list(self._callers):
                caller.close()
            server, self._server = self._server, None
            if server is not None:
                server.close()

    def look(self) -> None:
        """Look for a call that is there already, because somebody waits now."""
        for caller in self._callers:
            if not caller.is_considered:
                self._consider(caller)

    # A call

    def called(self, caller: _Caller) -> bool:
        """Take a call; False where nobody here takes it."""
        if len(self._callers) >= _MOST_CALLS:
            return False
        if not any(user.admits(caller.peer) for user in self._users):
            for user in self._users:
                user.turn_away(Sentence("step.not_allowed", peer=caller.peer))
            return False
        self._callers.append(caller)
        asyncio.get_running_loop().call_later(_KEPT, self._give_up, caller)
        self._consider(caller)
        return True

    def gone(self, caller: _Caller) -> None:
        """Forget a call that has hung up, or that somebody has."""
        if caller in self._callers:
            self._callers.remove(caller)

    def _give_up(self, caller: _Caller) -> None:
        if caller in self._callers:
            caller.close()

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.get_running_loop().create_server(
            lambda: _Caller(self), self._address.host, self._address.port, backlog=_MOST_CALLS
        )
        if not server.sockets:  # asyncio takes a socket that cannot be made for a family that is not there
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return server

    def _consider(self, caller: _Caller) -> None:
        caller.is_considered = True
        task = asyncio.get_running_loop().create_task(self._assign(caller), name=f"call of {caller.peer}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _assign(self, caller: _Caller) -> None:
        """Give the call to whom it is meant for; it stays here where that one does not wait now."""
        asked: list[ListenOpener] = []
        while caller in self._callers:
            wanted = await self._identified(caller)
            new = [user for user in wanted if _waits(user) and user not in asked]
            if not new:
                if set(wanted) <= set(asked):
                    caller.close()  # none of all that it could be
                break
            asked += new
            chosen = await self._answering(caller, new) if len({user.link_address for user in wanted}) > 1 else new[0]
            if chosen is not None and chosen.waiting is not None and _waits(chosen) and caller in self._callers:
                self.gone(caller)
                chosen.waiting.set_result(caller)
        caller.is_considered = False

    async def _identified(self, caller: _Caller) -> list[ListenOpener]:
        """Who may be meant, by where it calls from and by what it says of itself."""
        near = [user for user in self._users if user.admits(caller.peer)]
        if not any(user.identification for user in near):
            return near
        text = await caller.text()
        named = [user for user in near if user.identification and user.identification.search(text)]
        others = named or [user for user in near if user.identification is None]
        if not others:
            said = text_in(text.encode("ascii", "replace"))
            why = Sentence("step.not_identified", peer=caller.peer, text=said)
            for user in near:
                user.turn_away(why if said else Sentence("step.no_identification", peer=caller.peer))
        return others

    async def _answering(self, caller: _Caller, waiting: list[ListenOpener]) -> ListenOpener | None:
        for user in waiting:
            if user.link_address is None or await caller.answers(user.link_address):
                return user
        return None


class _Caller(asyncio.Protocol):
    """A connection that came in, before and after somebody has it."""

    def __init__(self, board: Switchboard) -> None:
        self.peer = ""
        self.is_considered = False
        self._board = board
        self._transport: asyncio.Transport | None = None
        self._receiver: Receiver | None = None
        self._early = b""
        self._text: str | None = None
        self._is_lost = False
        self._changed = asyncio.Event()

    # The connection's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.peer = str(peer[0]) if peer else ""
        if not self._board.called(self):
            self.close()
            return
        prepare_socket(transport)

    def data_received(self, data: bytes) -> None:
        if self._receiver is not None:
            self._receiver.data_received(data)
            return
        self._early += data
        self._changed.set()
        if len(self._early) > _MOST_BYTES:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        self._changed.set()
        self._board.gone(self)
        if self._receiver is not None:
            self._receiver.connection_lost(exc)

    # The switchboard's side

    def close(self) -> None:
        """End the call."""
        self._board.gone(self)
        if self._transport is not None:
            self._transport.abort()

    def give_to(self, receiver: Receiver) -> Transport:
        """Give the call to a receiver. Raises ConnectFailed where it has just ended."""
        if self._is_lost or self._transport is None:
            raise ConnectFailed(Sentence("listen.hung_up", peer=self.peer))
        self._receiver = receiver
        early, self._early = self._early, b""
        if early:
            receiver.data_received(early)
        return TcpTransport(self._transport)

    async def text(self) -> str:
        """Wait for the line that it says first, which is taken away; empty where there is none in time."""
        if self._text is not None:
            return self._text
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_IDENTIFICATION):
                await self._more()
        with contextlib.suppress(TimeoutError):
            while b"\n" not in self._early and b"\r" not in self._early.rstrip(b"\n") and not self._is_lost:
                async with asyncio.timeout(_END_OF_TEXT):
                    await self._more(len(self._early))
        line = re.match(rb"[^\r\n]*[\r\n]*", self._early)
        assert line is not None
        self._early = self._early[line.end() :]
        self._text = line[0].decode("utf-8", "replace").strip()
        return self._text

    async def answers(self, link_address: int) -> bool:
        """Ask whether the meter of this link address is at the other end."""
        if self._transport is None or self._is_lost:
            return False
        reader = FrameReader()
        self._early = b""
        self._transport.write(request(Function.LINK_STATUS, link_address).encode())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER):
                while not self._is_lost:
                    await self._more()
                    data, self._early = self._early, b""
                    frames = [item for item in reader.feed(data) if isinstance(item, Frame)]
                    if any(not frame.request and frame.address == link_address for frame in frames):
                        return True
        return False

    async def _more(self, than: int = 0) -> None:
        while len(self._early) <= than and not self._is_lost:
            self._changed.clear()
            await self._changed.wait()


def _waits(user: ListenOpener) -> bool:
    return user.waiting is not None and not user.waiting.done()


def _tell(receiver: Receiver, step: Sentence) -> None:
    if isinstance(receiver, Informed):
        receiver.opening_step(step)
