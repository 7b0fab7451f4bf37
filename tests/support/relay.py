"""A TCP relay between the program and a simulated meter, both in processes of their own, that sees what is asked."""

import contextlib
import socket
import threading
from types import TracebackType


class Relay:
    """Passes bytes on, for any number of connections. ``asked``: all that has gone to the meter, in order.

    With ``most`` it passes so many bytes of answers and no more: then ``held`` is set.
    """

    def __init__(self, meter: str, *, most: int | None = None) -> None:
        host, _, port = meter.removeprefix("tcp://").rpartition(":")
        self._meter = host, int(port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self.asked = bytearray()
        self.answered = bytearray()
        self.held = threading.Event()
        self._most = most
        self._over = threading.Event()

    def __enter__(self) -> "Relay":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Closing alone would leave the thread in accept.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._over.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                meter = socket.create_connection(self._meter)
                threading.Thread(target=self._pass, args=(client, meter, self.asked), daemon=True).start()
                threading.Thread(target=self._pass, args=(meter, client, self.answered), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, seen: bytearray) -> None:
        with source, contextlib.suppress(OSError):
            while data := source.recv(4096):
                if seen is self.answered and self._most is not None and len(seen) + len(data) >= self._most:
                    target.sendall(data[: self._most - len(seen)])
                    self.held.set()
                    self._over.wait()
                    return
                seen += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
