"""The tests see neither the settings nor the files of the person who runs them."""

import gc
import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from support import rest, style_sheets

# What a terminal, a shell or a CI machine may have set, and what changes what is drawn. Some of it is read at import.
_UNWANTED = ("LC_ALL", "LC_MESSAGES", "COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING")
_FOLDERS = {
    "HOME": "home",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
    "RUNTIME_DIRECTORY": "home/.run",
}
_MOST_FROZEN = 40
"""Monitors that kept from the collector what was there when they started: to look for what they left takes a second."""
_frozen = [0]
_SELDOM = (200_000, 5, 20)
"""Thresholds of the collector: what a few monitors leave is worth a look, not what each test makes."""
_PATIENCE = 120.0
_FOR_TESTS = ("IEC102_REQUIRE_", "TEXTUAL_SNAPSHOT_")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-screens", action="store_true", help="Write tests/tui/screens/ anew.")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each worker has files of its own, with what a file starts once, and takes from the others when it is through."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


def pytest_configure() -> None:
    gc.disable()  # until all tests are known: they stay
    gc.freeze = _count_frozen
    os.fsync = _look_at  # no test pulls the plug, and a thousand times the disk would be waited for
    # The program is started some hundred times, and half of such a time would be compiling it again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # How long an example takes says nothing on a machine that does other things too; CI tries the same ones each time.
    hypothesis.settings.register_profile(
        "patient",
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("patient")
    for name in list(os.environ):
        of_program = name.startswith(("IEC102_", "TEXTUAL_")) and not name.startswith(_FOR_TESTS)
        if of_program or name in _UNWANTED:
            del os.environ[name]
    os.environ["TERM"] = "xterm-256color"
    os.environ["LANG"] = "C.UTF-8"  # another language is for the tests that ask for it
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            # In the background or under nohup: ignored here all the same, but the programs of the tests must hear it.
            signal.signal(number, lambda *_: None)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()


@pytest.fixture(autouse=True)
def _rest_of_the_monitor() -> Iterator[None]:
    rest.install()
    style_sheets.install()
    _be_patient()
    yield
    _end_file_threads()
    _let_go()


def _end_file_threads() -> None:
    """Each keeps the monitor that began it, by the standard error of that time, and all its widgets."""
    files = sys.modules.get("iec102_tui.files.file_thread")
    if files is not None:
        for thread in threading.enumerate():
            owner = getattr(getattr(thread, "_target", None), "__self__", None)
            if isinstance(owner, files.FileThread) and owner.idle:
                owner.close()


def _let_go() -> None:
    """A monitor that starts keeps from the collector all that is there then, also what is left of those before."""
    if _frozen[0] > _MOST_FROZEN:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _frozen[0] = 0


def _count_frozen(freeze: Callable[[], None] = gc.freeze) -> None:
    _frozen[0] += 1  # to ask the collector how many there are would take longer than most tests
    freeze()


def _look_at(descriptor: Any) -> None:
    os.fstat(descriptor)


def _be_patient() -> None:
    """What the program does after some seconds of a real clock must not come because this machine is busy."""
    keys, files = (sys.modules.get(f"iec102_tui.{name}") for name in ("keys", "files.file_thread"))
    if keys is not None:
        keys._PATIENCE = _PATIENCE  # type: ignore[attr-defined]
    if files is not None:
        files.FileThread.run.__defaults__ = (_PATIENCE,)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _no_files_of_the_user(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test begins as on a new machine. The folders are made by who needs them."""
    home = next(_homes)
    for name, folder in _FOLDERS.items():
        monkeypatch.setenv(name, str(home / folder))


@pytest.fixture(autouse=True)
def _monitor_with_all_panes(monkeypatch: pytest.MonkeyPatch) -> None:
    """See support.begun. A test that drives no monitor has not loaded it."""
    if (app := sys.modules.get("iec102_tui.app")) is not None:
        from support.begun import of_begun

        monkeypatch.setattr(app.MonitorApp, "run_test", of_begun(app.MonitorApp.run_test))
