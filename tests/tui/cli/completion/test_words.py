"""What may follow the words of a command line."""

import functools
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from iec102.asdu.catalogue import CATALOGUE
from iec102.settings import BAUDRATES, FORMATS
from iec102.simulator import FAULTS, QUIRKS
from iec102_tui.archive.archive import Archive
from iec102_tui.archive.contents import default_path as archive_path
from iec102_tui.cli import COMMANDS, cli
from iec102_tui.cli.completion import index
from iec102_tui.cli.completion.candidates import SOURCES, Listed, Source, look_up
from iec102_tui.cli.completion.words import Offer, offer
from iec102_tui.config import THEMES
from iec102_tui.profiles.location import default_path
from iec102_tui.profiles.serial_ports import SerialPort

root = functools.cache(lambda: index.make(cli))


def offered(line: str) -> list[str]:
    """The values behind the program's name; the last word is the incomplete one."""
    return [candidate.value for candidate in whole(line).candidates]


def whole(line: str) -> Offer:
    *words, incomplete = line.split(" ")
    return offer(root(), words, incomplete)


@pytest.fixture
def two_profiles() -> None:
    save(default_path(), "north", "south")


def save(path: Path, *names: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f'[profiles."{name}"]\ntarget = "simulated:"\n' for name in names))


def test_commands_stand_at_their_places() -> None:
    assert offered("") == list(COMMANDS)
    assert offered("arch") == ["archive"]
    assert "export" in offered("archive ")
    assert offered("decode 10 ") == []


def test_each_command_has_the_line_of_the_help() -> None:
    assert {each.value: each.help for each in whole("").candidates} == COMMANDS


def test_an_option_is_offered_once_unless_it_may_stand_several_times() -> None:
    assert offered("read --js") == ["--json"]
    assert offered("read --json --js") == []
    assert offered("simulate --quirk no-163 --qui") == ["--quirk"]
    assert "-v" in offered("-v -")
    assert "--link-address" in offered("read simulated: -")
    assert offered("read -- --js") == []


def test_hidden_options_are_not_offered() -> None:
    assert "--password" not in offered("gateway --")


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("--theme ", THEMES),
        ("read simulated: --format ", FORMATS),
        ("read --baudrate ", tuple(map(str, BAUDRATES))),
        ("read --baudrate=", tuple(f"--baudrate={rate}" for rate in BAUDRATES)),
        ("find --format ", FORMATS),
        ("simulate --quirk ", tuple(QUIRKS)),
        ("simulate --fault ", tuple(f"{name}=" for name in FAULTS)),
        ("read --summer-time ", ("auto", "bit", "zone")),
        ("load-profile simulated: --register ", ("hourly", "quarter-hourly", "daily")),
        ("load-profile --period la", ("last-month",)),
    ],
)
def test_the_values_of_an_option_are_offered(line: str, values: tuple[str, ...]) -> None:
    found = offered(line)
    assert [value for value in found if value in values] == list(values)


def test_zones_and_types_are_offered() -> None:
    assert offered("read --timezone Europe/Madr") == ["Europe/Madrid"]
    assert "Atlantic/Canary" in offered("decode --timezone ")
    types = whole("gateway --pass-type ").candidates
    assert {each.value: each.help for each in types}["181"] == CATALOGUE[181].name
    assert "162" not in [each.value for each in types]


def test_files_are_left_to_the_shell() -> None:
    assert whole("--profiles ").files == "file"
    assert whole("replay ").files == "file"
    assert whole("load-profile -o ").files == "file"


@pytest.mark.usefixtures("two_profiles")
def test_a_target_is_a_saved_meter_or_the_beginning_of_a_url() -> None:
    assert offered("read ")[:3] == ["north", "south", "serial:"]
    assert offered("read s") == ["south", "serial:", "simulated:"]
    assert offered("--profile nor") == ["north"]
    assert offered("profiles show ") == ["north", "south"]
    assert offered("read north ") == []


@pytest.mark.usefixtures("two_profiles")
def test_the_meters_are_those_of_the_file_that_is_named(tmp_path: Path) -> None:
    save(tmp_path / "other.toml", "west", "bad\\u001b[31m")
    assert offered(f"--profiles {tmp_path / 'other.toml'} read w") == ["west"]
    assert offered(f"--profiles={tmp_path / 'other.toml'} profiles show ") == ["west"]


def test_a_file_that_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[profiles")
    assert offered(f"--profiles {tmp_path / 'broken.toml'} profiles show ") == []
    assert offered(f"--profiles {tmp_path} profiles show ") == []


def test_serial_ports_stand_behind_what_begins_their_url(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [SerialPort("/dev/serial/by-id/usb-1", "usb-1 (ttyUSB0)"), SerialPort("/dev/ttyS0", "/dev/ttyS0")]
    monkeypatch.setattr("iec102_tui.profiles.serial_ports.serial_ports", lambda: ports)
    assert offered("read serial:/dev/") == ["serial:/dev/serial/by-id/usb-1", "serial:/dev/ttyS0"]
    assert "serial:/dev/ttyS0" not in offered("read ")


@pytest.mark.usefixtures("two_profiles")
def test_the_meters_of_the_archive_are_offered_by_their_numbers(tmp_path: Path) -> None:
    Archive(archive_path()).close()
    for path, number in ((archive_path(), "48698054"), (tmp_path / "named.sqlite", "7")):
        Archive(path).close()
        archive = sqlite3.connect(path)
        archive.execute("INSERT INTO meter (identity, point_address) VALUES (?, 1)", (f"device 5-{number}",))
        archive.commit()
        archive.close()
    assert offered("archive export ") == ["48698054", "north", "south"]
    assert offered(f"archive export --archive {tmp_path / 'named.sqlite'} 7") == ["7"]
    assert offered("archive export --archive /nowhere n") == ["north"]


def test_more_meters_than_anybody_looks_at_are_cut(tmp_path: Path) -> None:
    save(tmp_path / "many.toml", *(f"meter{number}" for number in range(1500)))
    assert len(look_up("profiles", {"--profiles": str(tmp_path / "many.toml")}, "")) == 1000


# The index


def parameters(command: click.Command) -> Iterator[click.Parameter]:
    yield from command.params
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from parameters(below)


def test_what_the_index_holds_does_not_change_by_itself() -> None:
    """A function of its own would be asked once, when the index is made: a Source is asked at each Tab."""
    for parameter in parameters(cli):
        own = vars(parameter)["_custom_shell_complete"]
        assert own is None or isinstance(own, Listed | Source), parameter.name
        assert not isinstance(own, Source) or own.name in SOURCES


def test_the_index_is_kept_until_a_file_of_the_program_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = index.make
    monkeypatch.setattr(index, "make", lambda command: made.append("again") or make(command))
    first = index.index(cli)
    assert index.index(cli) == first == json_of(first)
    assert made == ["again"]
    monkeypatch.setattr(index, "_fingerprint", lambda: "other files")
    index.index(cli)
    assert made == ["again", "again"]


def json_of(row: index.CommandRow) -> index.CommandRow:
    return index.CommandRow(*json.loads(json.dumps(row)))


def test_an_index_that_was_shipped_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tmp_path / "completion.json"
    shipped.write_text(json.dumps(index.CommandRow("shipped", [], [], {})))
    monkeypatch.setattr(index, "SHIPPED", shipped)
    assert index.index(cli).help == "shipped"
    shipped.write_text("{")
    assert index.index(cli).commands.keys() == COMMANDS.keys()


def test_a_folder_that_cannot_be_written_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    assert index.index(cli).commands.keys() == COMMANDS.keys()


def test_a_damaged_index_is_made_anew() -> None:
    index.index(cli)
    import platformdirs

    kept = platformdirs.user_cache_path("iec102-tui") / "completion.json"
    for damage in ("", "[]", '["x", [1]]', "null"):
        kept.write_text(damage)
        assert index.index(cli).commands.keys() == COMMANDS.keys()
