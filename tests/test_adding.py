"""docs/adding.md: what it says is enough, in a copy of the sources, and how many files it takes."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import ROOT, section, table

SOURCES = {"iec102": ROOT / "protocol" / "iec102", "iec102_tui": ROOT / "tui" / "iec102_tui"}

USE_OF_TYPE = """
from iec102 import Frame, decode
from iec102.asdu import Exchange
from iec102.asdu.asdu import Asdu
from iec102.asdu.events import Interruption, Interruptions
from iec102.asdu.explain import explain
from iec102.asdu.summary import summary
from iec102.asdu.timetag import TimeTagA
from iec102.gateway import Policy

content = Interruptions((Interruption(TimeTagA(0x1A0B160A00), 300), Interruption(TimeTagA(0), 7)))
frame = Frame(0x08, 1, Asdu(192, 5, record=52, content=content).encode())
assert frame.asdu[1] == 2
assert decode(frame).content == content
assert summary(frame) == "supply interruptions, record 52, 2 interruptions"
assert [field.name for field in explain(frame).leaves()][-6:-2] == ["began", "duration"] * 2
assert explain(frame).at(18).meaning == "300" and not explain(frame).at(18).verified
request = Asdu(191, 5)
assert Exchange(request).receive(decode(frame))
assert Policy().passes(191)
"""

FORM = """
import asyncio
from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.form_field import FormField
from iec102_tui.profiles.store import ProfileStore


async def fields_of_form(file):
    session = Session()
    app = MonitorApp(session, None, store=ProfileStore(file))
    async with app.run_test(size=(120, 40)) as pilot:
        while not app.screen.query(FormField):
            await pilot.pause(0.02)
        return {field.key for field in app.screen.query(FormField)}
"""

USE_OF_KEY = """
from pathlib import Path
from click.testing import CliRunner
from iec102_tui.cli import cli
from iec102_tui.profiles.profile import decode, encode

table = {"target": "simulated:", "note": "in the cellar"}
profile, faults = decode(table)
assert profile.note == "in the cellar" and not faults
assert encode(profile)["note"] == "in the cellar"
assert decode(table | {"note": 5})[1][0].message == "is 5; it must be text."
assert decode({"target": "simulated:"})[0].note is None

file = Path("profiles.toml")
file.write_text('[profiles.north]\\ntarget = "simulated:"\\npassword = 1\\nnote = "in the cellar"\\n')
file.chmod(0o600)
shown = CliRunner().invoke(cli, ["--profiles", str(file), "profiles", "show", "north"])
assert 'note = "in the cellar"' in shown.output, shown.output
assert "--note TEXT" in CliRunner().invoke(cli, ["read", "--help"]).output
read = CliRunner().invoke(cli, ["read", "simulated:", "--note", "in the attic"])
assert read.exit_code == 0, read.output
assert "note" in asyncio.run(fields_of_form(file))
"""

USE_OF_SCHEME = """
from pathlib import Path
import iec102
from iec102.errors import ConnectFailed, InvalidTarget
from iec102.open import SCHEMES, parse_target
from iec102.simulator import SimulatedMeter, SimulatorConfig
from iec102_tui.profiles.profile import decode

try:
    parse_target("unix:meter.sock")
except InvalidTarget as error:
    assert "write unix:/run/meter.sock" in str(error)
else:
    raise AssertionError
assert SCHEMES["unix"].split("unix:/run/m.sock") == {"path": "/run/m.sock"}
assert SCHEMES["unix"].wrong({"path": "m.sock"}) == {"path": "must be a path such as /run/meter.sock"}
assert not decode({"target": "unix:/run/m.sock"})[1]
file = Path("profiles.toml")
file.write_text('[profiles.north]\\ntarget = "unix:/run/m.sock"\\n')
file.chmod(0o600)
assert "path" in asyncio.run(fields_of_form(file))


class Line(asyncio.Protocol):
    def connection_made(self, transport):
        self.line = meter.connect(transport.write, transport.abort)

    def data_received(self, data):
        self.line.receive(data)


async def read():
    try:
        async with iec102.connect("unix:/nowhere/m.sock", password=1) as nobody:
            await nobody.read_identity()
    except ConnectFailed as error:
        assert "check the path" in str(error)
    server = await asyncio.get_running_loop().create_unix_server(Line, "m.sock")
    async with iec102.connect(f"unix:{Path('m.sock').absolute()}", password=1) as reader:
        assert len((await reader.read_instantaneous()).values) == 24
    server.close()


meter = SimulatedMeter(SimulatorConfig())
asyncio.run(read())
"""


USE_OF_PANE = """
import asyncio
from iec102_tui.app import MonitorApp
from iec102_tui.help_screen import help_lines
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import demo
from textual.widgets import Static


async def press(pilot, key, words):
    await pilot.press(key)
    shown = pilot.app.screen.query_one("#clock-difference", Static)
    while not (shown.is_on_screen and words in str(shown.content)):
        await pilot.pause(0.02)


async def use():
    session = Session()
    app = MonitorApp(session, demo())
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f6", " s.")
        await press(pilot, "m", " min.")
        assert any("Minutes, or seconds again" in str(line) for line in help_lines(app.screen))
    session.close()


asyncio.run(asyncio.wait_for(use(), 30))
"""


class Copy:
    """The sources in a temporary folder, changed as a section of the page says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, source in SOURCES.items():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "profiles.toml", folder / "iec102_tui")

    def append(self, path: str, text: str) -> None:
        """Write behind the end of a file."""
        with (self.folder / path).open("a") as file:
            file.write(f"\n\n{text}")

    def insert(self, path: str, before: str, text: str) -> None:
        """Write before a piece of a file that is there once."""
        old = (self.folder / path).read_text()
        assert old.count(before) == 1, before
        (self.folder / path).write_text(old.replace(before, text + before))

    def touched(self) -> list[str]:
        """The files that differ, or are on one side only."""
        found = []
        for root, source in SOURCES.items():
            copy = self.folder / root
            names = {path.relative_to(base) for base in (source, copy) for path in base.rglob("*.*py*")}
            found += [
                f"{root}/{name}"
                for name in names
                if name.suffix != ".pyc"
                and not (
                    (source / name).exists()
                    and (copy / name).exists()
                    and filecmp.cmp(source / name, copy / name, shallow=False)
                )
            ]
        return sorted(found)

    def run(self, program: str) -> None:
        """Run a program on the copy alone."""
        done = subprocess.run(
            [sys.executable, "-P", "-c", program],
            env=os.environ | {"PYTHONPATH": str(self.folder)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def examples(title: str) -> list[str]:
    """The examples of a section; parts of a file have no language, so that no formatter takes them for whole."""
    return re.findall(r"^```(?:python)?\n(.*?)^```$", section("docs/adding.md", title), re.DOTALL | re.MULTILINE)


def promised(title: str) -> int:
    """How many files the table at the head of the page says."""
    anchor = title.lower().replace(" ", "-")
    (files,) = (cells[1] for cells in table(section("docs/adding.md", "Adding to it")) if f"](#{anchor})" in cells[0])
    return int(re.fullmatch(r".*: (\d)", files)[1])


def test_a_type_touches_the_file_of_its_family_and_the_catalogue(copy: Copy) -> None:
    layout, rows = examples("A type")
    copy.append("iec102/asdu/events.py", layout)
    copy.insert("iec102/asdu/catalogue.py", "_ROWS = (\n", "from iec102.asdu.events import Interruptions\n\n")
    copy.insert("iec102/asdu/catalogue.py", '    _data(1, "events"', rows)
    assert copy.touched() == ["iec102/asdu/catalogue.py", "iec102/asdu/events.py"]
    assert len(copy.touched()) == promised("A type")
    copy.run(USE_OF_TYPE)


def test_a_profile_key_touches_the_table_of_settings(copy: Copy) -> None:
    (row,) = examples("A profile key")
    copy.insert("iec102_tui/profiles/settings_table.py", "    timeout: int = _row(\n", row)
    assert copy.touched() == ["iec102_tui/profiles/settings_table.py"]
    assert len(copy.touched()) == promised("A profile key")
    copy.run(FORM + USE_OF_KEY)


def test_a_scheme_touches_its_file_and_the_registry(copy: Copy) -> None:
    opener, row = examples("A scheme")
    (copy.folder / "iec102" / "transport" / "unix.py").write_text(opener)
    copy.insert("iec102/open.py", "from iec102.transport import Opener", "from iec102.transport import unix\n")
    copy.insert("iec102/open.py", '        Scheme(\n            "serial"', row)
    assert copy.touched() == ["iec102/open.py", "iec102/transport/unix.py"]
    assert len(copy.touched()) == promised("A scheme")
    copy.run(FORM + USE_OF_SCHEME)


def test_a_pane_touches_its_folder_the_app_and_the_main_screen(copy: Copy) -> None:
    pane, made, key = examples("A pane")
    folder = copy.folder / "iec102_tui" / "panes" / "clock"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "pane.py").write_text(pane)
    copy.insert(
        "iec102_tui/app.py",
        "from iec102_tui.panes.connection.pane import",
        "from iec102_tui.panes.clock.pane import ClockPane\n",
    )
    copy.insert("iec102_tui/app.py", "            self._frame_log(),\n", made)
    copy.insert("iec102_tui/main_screen.py", '        Binding("z", "maximise"', key)
    places = {str(Path(path).parent) if "/clock/" in path else path for path in copy.touched()}
    assert places == {"iec102_tui/panes/clock", "iec102_tui/app.py", "iec102_tui/main_screen.py"}
    assert len(places) == promised("A pane")
    copy.run(USE_OF_PANE)
