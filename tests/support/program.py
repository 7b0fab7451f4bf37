"""The real program as a user starts it, in a process of its own: the simulated meter, and the monitor on a terminal."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyte

_INSTALLED = Path(sys.executable).with_name("iec102-tui")
COMMAND = [str(_INSTALLED)] if _INSTALLED.exists() else [sys.executable, "-m", "iec102_tui"]
PATIENCE = 120.0  # seconds after which something will not come any more
_LOOK = 0.05  # seconds between two looks at the screen
_SLICE = 0.02  # seconds in which a slowed program is stopped and goes on once
# What a terminal, a shell or a CI machine may have set, and what changes what Textual draws.
UNWANTED = frozenset(
    (
        "COLORTERM",
        "COLUMNS",
        "LINES",
        "NO_COLOR",
        "TERM_PROGRAM",
        "TEXTUAL_ANIMATIONS",
        "TEXTUAL_COLOR_SYSTEM",
        "TEXTUAL_THEME",
    )
)


@contextlib.contextmanager
def simulated_meter(*options: str) -> Iterator[str]:
    """`iec102-tui simulate` with these options; gives the URL of its line `ready URL`."""
    process = subprocess.Popen([*COMMAND, "simulate", *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        word, _, url = process.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise RuntimeError(f"the simulated meter did not start: {word} {url}")
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def run(*arguments: str, timeout: float = PATIENCE, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program with these arguments, without a terminal and to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=_without_settings(os.environ) | environment,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
    )


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """What the person who runs the tests has set for the program must not reach it."""
    return {name: value for name, value in environment.items() if not name.startswith("IEC102_")}


@dataclass
class Terminal:
    """A program on a pseudo terminal that is read, or left unread, as told. Times are seconds since its start."""

    pid: int
    master: int
    started: float
    columns: int
    rows: int
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    status: int | None = None

    def __post_init__(self) -> None:
        self._screen = pyte.Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self._screen)
        self._shown = 0

    def read(self, seconds: float) -> int:
        """Reads what the program draws for so long; gives the number of bytes, and keeps them with their time."""
        end = time.monotonic() + seconds
        count = 0
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                break
            try:
                data = os.read(self.master, 65536)
            except OSError:  # the program has ended (Linux says so with an error)
                break
            if not data:
                break
            count += len(data)
            self.chunks.append((time.monotonic() - self.started, data))
        return count

    @property
    def drawn(self) -> bytes:
        """All that the program has sent."""
        return b"".join(data for _, data in self.chunks)

    def screen(self) -> str:
        """What one would see, line by line."""
        for _, data in self.chunks[self._shown :]:
            self._stream.feed(data)
        self._shown = len(self.chunks)
        return "\n".join(self._screen.display)

    def cell(self, x: int, y: int) -> pyte.screens.Char:
        """A character with its colours, of what ``screen`` has seen."""
        return self._screen.buffer[y][x]

    def resize(self, columns: int, rows: int) -> None:
        """As if somebody had changed the size of the window."""
        self.screen()
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, text: str, seconds: float = PATIENCE) -> None:
        """Reads what is drawn until the screen shows this."""
        if not self.until(lambda: text in self.screen(), seconds):
            raise AssertionError(f"{text!r} was not shown within {seconds:.0f} s:\n{self.screen()}")

    def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Reads what is drawn until it is so; gives False where the program has ended without, or time has."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            over = self.poll() is not None
            read = self.read(_LOOK)
            if condition():
                return True
            if over and not read:
                break
        return False

    def type(self, keys: bytes) -> None:
        """As if somebody typed them."""
        os.write(self.master, keys)

    def end(self, seconds: float = PATIENCE) -> int | None:
        """Reads until the program has ended, at most so long; its exit status (negative: the signal), else None."""
        deadline = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < deadline:
            self.read(0.05)
        self.read(0.05)
        return self.status

    def poll(self) -> int | None:
        """The exit status, once the program has ended."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    @contextlib.contextmanager
    def slowed(self, part: float) -> Iterator[None]:
        """The program runs for this part of the time only, as on a small or busy machine.

        Its part is what it had of the processor, not what passed meanwhile: beside other work it would get nothing.
        """
        over = threading.Event()

        def hinder() -> None:
            while not over.is_set() and self.status is None:
                os.kill(self.pid, signal.SIGSTOP)
                over.wait(_SLICE * (1 - part))
                until = self._processor_time() + _SLICE * part
                os.kill(self.pid, signal.SIGCONT)
                over.wait(_SLICE * part)
                while self._wants_to_run() and self._processor_time() < until and not over.is_set():
                    over.wait(_SLICE * part)

        thread = threading.Thread(target=hinder)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _processor_time(self) -> float:
        """Seconds that the program has run so far, to the nanosecond (its clock by its number, as Linux makes it)."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def _wants_to_run(self) -> bool:
        """It has work to do, also if it waits for a processor."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"

    def hang_up(self) -> None:
        """The terminal is closed, as when a connection is lost."""
        os.dup2(os.open(os.devnull, os.O_RDWR), self.master)

    def cpu_seconds(self) -> float:
        """Processor time of the program so far, all its threads, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int:
        """Resident memory."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def on_terminal(
    *options: str,
    columns: int = 120,
    rows: int = 40,
    term: str = "xterm-256color",
    command: Sequence[str] = COMMAND,
    **environment: str,
) -> Iterator[Terminal]:
    """The program with these options on a terminal of this size and kind; ended when the block is left."""
    variables = {name: value for name, value in _without_settings(os.environ).items() if name not in UNWANTED}
    variables |= {"TERM": term, **environment}
    started = time.monotonic()
    pid, master = pty.fork()
    if pid == 0:
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(command[0], [*command, *options], variables)
        finally:
            os._exit(127)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    terminal = Terminal(pid, master, started, columns, rows)
    try:
        yield terminal
    finally:
        if terminal.status is None:
            os.kill(pid, signal.SIGTERM)
        if terminal.end(30) is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(master)


@contextlib.contextmanager
def gateway_process(
    target: str, *options: str, listen: str = "127.0.0.1:0"
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`iec102-tui gateway` to a target; gives the URL where it listens and the process."""
    command = [*COMMAND, "gateway", target, "--listen", listen, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    try:
        word, _, url = process.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise RuntimeError(f"the gateway did not start: {process.stderr.read()}")
        yield url, process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
