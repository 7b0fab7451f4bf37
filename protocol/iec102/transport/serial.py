"""Serial ports, by pyserial-asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import grp
import os
import re
import stat
import termios
from collections.abc import Awaitable, Callable
from typing import Any

import serial
import serial_asyncio
from serial.tools.list_ports import comports

from iec102.errors import ConnectFailed, InvalidSetting, LineError
from iec102.sentence import Sentence
from iec102.settings import LineSettings
from iec102.transport.base import Receiver, Transport
from iec102.transport.port_name import PortName
from iec102.transport.tcp import ReceiverProtocol
from iec102.transport.uucp_lock import PortHeld, UucpLock, holder, take

_PTY = re.compile(r"/dev/(pts/\d+|tty[p-za-e][0-9a-f]|ttys\d+)")
_ERRNO = re.compile(r"\(?(?:\[Errno )?(\d+)")
_SHOWN_PORTS = 4
_ROOT = 0  # nobody should join this group for a port
_GROUP_MAY = stat.S_IRGRP | stat.S_IWGRP


class SerialOpener:
    """A port by its path; ``settings`` give speed and format. On a pty, which has no parity, the format is 8N1."""

    def __init__(self, port: str, settings: LineSettings, scheme: str = "serial") -> None:
        self.port = port
        self.settings = settings
        self.name = f"{scheme}:{port}"  # as it was asked for: a modem stands behind a port too
        self.byte_time = settings.byte_time
        self._where = PortName(port)
        self._closing: asyncio.Future[None] | None = None

    async def open(self, receiver: Receiver) -> Transport:
        """Open the port for this program alone. Raises ConnectFailed or InvalidSetting."""
        loop = asyncio.get_running_loop()
        if self._closing is not None:
            # The lock on the port ends only with its closing, which may still wait for the last bytes to leave.
            await asyncio.wait((self._closing,))
        opening = loop.run_in_executor(None, self._open)
        try:
            port = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise
        try:
            return SerialTransport(loop, receiver, port, self._close, self._tune)
        except (termios.error, serial.SerialException, OSError, ValueError) as error:
            self._close(port)
            raise self._failed(error) from error

    def is_there(self) -> bool:
        """Whether the path exists, or a link to the adapter that was behind it."""
        return self._where.is_there()

    def _open(self) -> serial.Serial:
        """Open the port in a thread: that may wait for the hardware."""
        try:
            port = _open_locked(self._where.path, exclusive=True, **self._of_port(self.settings))
        except (termios.error, serial.SerialException, OSError, ValueError) as error:
            raise self._failed(error) from error
        self._where.opened()
        # USB adapters otherwise hold received bytes back for 16 ms.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            port.set_low_latency_mode(True)
        return port

    async def _tune(self, port: serial.Serial, settings: LineSettings) -> None:
        """Set the port in a thread: adapters take their time. A port that is being changed is not closed meanwhile."""
        self.settings, self.byte_time = settings, settings.byte_time
        changing = asyncio.get_running_loop().run_in_executor(None, _apply, port, self._of_port(settings))
        try:
            await asyncio.wait((changing,))
        finally:
            if not changing.done():
                await asyncio.wait((changing,))
        if (error := changing.exception()) is not None:
            if not isinstance(error, (termios.error, serial.SerialException, OSError, ValueError)):
                raise error
            raise self._failed(error) from error

    def _of_port(self, settings: LineSettings) -> dict[str, Any]:
        """The settings as pyserial names them."""
        form = "8N1" if _PTY.fullmatch(os.path.realpath(self.port)) else settings.format
        return {
            "baudrate": settings.baudrate,
            "bytesize": int(form[0]),
            "parity": form[1],
            "stopbits": int(form[2]),
        }

    def _close(self, port: serial.Serial) -> None:
        self._closing = asyncio.get_running_loop().run_in_executor(None, _close_quietly, port)

    def _failed(self, error: Exception) -> LineError | InvalidSetting:
        if isinstance(error, ValueError):
            speed, form = self.settings.baudrate, self.settings.format
            return InvalidSetting(Sentence("serial.format", line=self.name, baudrate=speed, format=form))
        return ConnectFailed(self._why(_code(error), error))

    def _why(self, code: int | None, error: Exception) -> Sentence:
        name = self.name
        if code in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return Sentence("serial.no_port", line=name, ports=_ports_here())
        if code in (errno.EACCES, errno.EPERM):
            return self._permission()
        if code in (errno.EBUSY, errno.EAGAIN):
            who = error.holder if isinstance(error, PortHeld) else holder(self._where.path)
            return Sentence("serial.in_use", line=name, holder=who or Sentence("holder.other"))
        if code in (errno.ENOTTY, errno.EINVAL, errno.EISDIR):
            return Sentence("serial.no_serial_port", line=name, ports=_ports_here())
        if code == errno.EIO:
            return Sentence("serial.broken", line=name)
        return Sentence("serial.not_opened", line=name, error=error)

    def _permission(self) -> Sentence:
        try:
            port = os.stat(self._where.path)
            group = grp.getgrgid(port.st_gid).gr_name
        except (OSError, KeyError):
            group = "dialout"
        else:
            if port.st_gid == _ROOT or port.st_mode & _GROUP_MAY != _GROUP_MAY:
                return Sentence("serial.rights", line=self.name)
        return Sentence("serial.group", line=self.name, group=group)


class _LockedPort(serial.Serial):
    """Has its lock file as long as it is open."""

    def __init__(self, lock: UucpLock, port: str, **settings: Any) -> None:
        self._uucp_lock = lock
        super().__init__(port, **settings)

    def close(self) -> None:
        """Give the port back, then its lock."""
        try:
            super().close()
        finally:
            self._uucp_lock.release()


def _open_locked(port: str, **settings: Any) -> serial.Serial:
    """Open a port, out of the way of programs that look at lock files. Raises what opening does, and PortHeld."""
    lock = take(port)
    try:
        return _LockedPort(lock, port, **settings)
    except BaseException:
        lock.release()
        raise


class SerialTransport(serial_asyncio.SerialTransport):  # type: ignore[misc]
    """pyserial-asyncio's transport, but losing or closing the port neither blocks the loop nor prints anything.

    ``give_back`` closes the port elsewhere; ``change`` sets its speed and format.
    """

    _serial: serial.Serial | None

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        receiver: Receiver,
        port: serial.Serial,
        give_back: Callable[[serial.Serial], None],
        change: Callable[[serial.Serial, LineSettings], Awaitable[None]],
    ) -> None:
        super().__init__(loop, ReceiverProtocol(receiver), port)
        self._give_back = give_back
        self._change = change

    async def tune(self, settings: LineSettings) -> None:
        """Change speed and format of the open port. Raises ConnectFailed or InvalidSetting."""
        if self._serial is not None:
            await self._change(self._serial, settings)

    def close(self) -> None:
        """Close at once: the opener must know of it before it opens the port again."""
        if self._serial is not None:
            self._closing = True
            self._remove_reader()
            self._remove_writer()
            self._release(self._serial)

    def _fatal_error(self, exc: Exception, message: str = "") -> None:
        self._abort(exc)

    def _call_connection_lost(self, exc: Exception | None) -> None:
        if self._serial is not None:
            self._release(self._serial)
            self._protocol.connection_lost(exc)

    def _release(self, port: serial.Serial) -> None:
        self._serial = None
        self._write_buffer.clear()
        self._give_back(port)


def _apply(port: serial.Serial, settings: dict[str, Any]) -> None:
    """Set them one by one: pyserial sets all others with each, so the last says whether the port offers them."""
    for number, (name, value) in enumerate(settings.items(), start=1):
        try:
            setattr(port, name, value)
        except (termios.error, OSError, ValueError):
            if number == len(settings):
                raise
    port.reset_input_buffer()  # what is there came with the old ones


def _close_quietly(port: serial.Serial) -> None:
    """Close a port in a thread. What is unsent is dropped: at 300 baud it would keep the port for seconds."""
    with contextlib.suppress(termios.error, serial.SerialException, OSError):
        port.reset_output_buffer()
    with contextlib.suppress(termios.error, serial.SerialException, OSError):
        port.close()


def _close_unwanted(opening: asyncio.Future[serial.Serial]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        _close_quietly(opening.result())


def _code(error: Exception) -> int | None:
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return number
    # termios.error and "Could not configure port: (5, 'Input/output error')" carry it only in their text.
    found = _ERRNO.search(str(error))
    return int(found[1]) if found else None


def _ports_here() -> Sentence:
    names = sorted(port.device for port in comports())
    if not names:
        return Sentence("serial.no_ports")
    shown = ", ".join(names[:_SHOWN_PORTS])
    return Sentence("serial.more_ports" if len(names) > _SHOWN_PORTS else "serial.ports", ports=shown)
