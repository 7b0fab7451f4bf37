"""A TCP relay between the program and a simulated meter, both in processes of their own, that sees what is asked."""

import contextlib
import socket
import threading
from types import TracebackType


class Relay:
    """Passes bytes on, for any number of connections. ``asked``: all that has gone to the meter, in order."""

    def __init__(self, meter: str) -> None:
        host, _, port = meter.removeprefix("tcp://").rpartition(":")
        self._meter = host, int(port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self.asked = bytearray()

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

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                meter = socket.create_connection(self._meter)
                threading.Thread(target=self._pass, args=(client, meter, self.asked), daemon=True).start()
                threading.Thread(target=self._pass, args=(meter, client, bytearray()), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket, seen: bytearray) -> None:
        with source, contextlib.suppress(OSError):
            while data := source.recv(4096):
                seen += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
