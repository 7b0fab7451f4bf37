"""Host names: a name server that does not answer holds up nothing but who wants that name."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from concurrent.futures import Future
from typing import Any

from iec102.sentence import Sentence


def unknown(host: str) -> Sentence:
    """What there is to say of a name that no server knows."""
    return Sentence("name.unknown", host=host)


def silent(host: str) -> Sentence:
    """What there is to say where no server has answered in time."""
    return Sentence("name.silent", host=host)


_pending: dict[str, Future[list[str]]] = {}
_lock = threading.Lock()


async def addresses(host: str) -> list[str]:
    """The IP addresses of a host, in the order in which to try them. Raises OSError or UnicodeError.

    A name is looked up by one thread of its own, whoever asks for it meanwhile: attempts to connect that follow each
    other do not pile up threads behind a silent name server. Nobody waits for that thread when the program ends.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return await asyncio.wrap_future(_lookup(host))
    return [host]


def _lookup(host: str) -> Future[list[str]]:
    with _lock:
        future = _pending.get(host)
        if future is None:
            future = _pending[host] = Future()
            future.set_running_or_notify_cancel()  # who gives up does not end it for the others
            threading.Thread(target=_look_up, args=(host, future), name=f"name {host}", daemon=True).start()
        return future


def _look_up(host: str, future: Future[list[str]]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        failure: OSError | UnicodeError | None = error
    else:
        failure = None
    with _lock:
        del _pending[host]
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(list(dict.fromkeys(_text(address) for *_, address in found)))


def _text(address: tuple[Any, ...]) -> str:
    """A link-local IPv6 address leads somewhere only with the number of its interface, as in fe80::7%2."""
    host, scope = str(address[0]), address[3] if len(address) > 3 else 0
    return f"{host}%{scope}" if scope and "%" not in host else host
