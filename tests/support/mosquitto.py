"""A broker that nobody here wrote, mosquitto, and mosquitto_sub as a reader that knows nothing of this program."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from support.ports import free_port
from support.real_programs import PATIENCE, required

_ALL = ("-t", "#", "-F", "%r %t %p", "-q", "1")


_PERSISTENCE = ("persistence true", "autosave_interval 1", "autosave_on_changes true")


class Mosquitto:
    """A broker on a port of its own, which keeps it when it is killed and started again.

    It writes down all that it is told at once, unless it is not ``persistent``: that is what costs.
    """

    def __init__(self, folder: Path, *lines: str, persistent: bool = True) -> None:
        self._program = required("mosquitto")
        self._reader = required("mosquitto_sub")
        self.port = free_port()
        folder.mkdir(exist_ok=True)
        self._log = folder / "log"
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(
            "\n".join(
                (
                    f"listener {self.port} 127.0.0.1",
                    "user root",
                    *(_PERSISTENCE if persistent else ()),
                    *((f"persistence_location {folder}/",) if persistent else ()),
                    *(lines or ("allow_anonymous true",)),
                )
            )
            + "\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([self._program, "-c", str(self._settings)], stdout=log, stderr=log)
        wait = threading.Event()
        for _ in range(int(PATIENCE / 0.02)):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            wait.wait(0.02)
        raise RuntimeError(self._log.read_text())

    def refusals(self) -> int:
        """How many logins it has refused."""
        return self._log.read_text().count("not authorised")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextlib.contextmanager
    def reading(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """A reader that keeps its place in the broker when either goes away; it gives a line a message."""
        identity = ("-i", "reader", "-c", "-p", str(self.port))
        subprocess.run([self._reader, *identity, "-t", "#", "-q", "1", "-E"], check=True, timeout=PATIENCE)
        command = [self._reader, *identity, *_ALL, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()

    def retained(self, *options: str) -> dict[str, str]:
        """What the broker tells whoever comes now, by topic."""
        command = [self._reader, "-p", str(self.port), *_ALL, *options, "--retained-only", "-W", "1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        return {topic: payload for _retained, topic, payload in map(parts, done.stdout.splitlines())}


def lines(reader: subprocess.Popen[str]) -> Iterator[tuple[bool, str, str]]:
    """Messages as they come; fails where none comes for a while."""
    assert reader.stdout
    waiting = threading.Timer(3 * PATIENCE, reader.kill)
    waiting.start()
    try:
        for line in reader.stdout:
            yield parts(line)
        raise AssertionError("the reader got nothing more")
    finally:
        waiting.cancel()


def parts(line: str) -> tuple[bool, str, str]:
    """Whether it was retained, the topic, the payload."""
    retained, topic, payload = line.rstrip("\n").split(" ", 2)
    return retained == "1", topic, payload


@contextlib.contextmanager
def broker(folder: Path, *lines: str) -> Iterator[Mosquitto]:
    """Mosquitto with these lines of settings, or open to everybody."""
    made = Mosquitto(folder, *lines)
    made.start()
    try:
        yield made
    finally:
        made.kill()


def certificates(folder: Path) -> None:
    """Makes ca.pem, and server.pem and box.pem with their keys, for 127.0.0.1."""
    program = required("openssl")

    def openssl(*arguments: str) -> None:
        subprocess.run([program, *arguments], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test", "-days", "2")
    names: Sequence[str] = ("server", "box")
    for name in names:
        openssl(
            *("req", "-x509", *new, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}"),
            *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"),
            *("-days", "2", "-CA", "ca.pem", "-CAkey", "ca.key"),
        )
