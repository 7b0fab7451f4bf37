"""Which meters are read, and what changes when the files are read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from iec102.errors import InvalidSetting
from iec102_tui.collect.reload import Changes, CollectorSettings, Selection, changes, options, read_settings
from iec102_tui.profiles.store import ProfileStore

NORTH = {"target": "tcp://10.0.0.1:40001", "password": 1}
SOUTH = {"target": "tcp://10.0.0.2:40001", "password": 2, "collect": {"live": 5}}
EVERYTHING = Selection(everything=True)


class Files:
    def __init__(self, folder: Path) -> None:
        self.profiles, self.config = folder / "profiles.toml", folder / "config.toml"
        self.environment = {"IEC102_TUI_CONFIG": str(self.config)}
        self.store = ProfileStore(self.profiles)

    def write(self, **profiles: Any) -> None:
        self.profiles.write_text(tomli_w.dumps({"profiles": profiles}))

    def read(
        self, selection: Selection = EVERYTHING, before: CollectorSettings | None = None, **environment: str
    ) -> CollectorSettings:
        meters = None if before is None else before.meters
        return read_settings(self.store, selection, meters, self.environment | environment)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_those_with_a_table_are_read_or_all_or_those_that_are_named(files: Files) -> None:
    files.write(north=NORTH, south=SOUTH)
    assert list(files.read(Selection()).meters) == ["south"]
    assert list(files.read().meters) == ["north", "south"]
    assert list(files.read(Selection(("north", "north"))).meters) == ["north"]


def test_the_live_period_is_that_of_the_table_or_of_the_profile(files: Files) -> None:
    files.write(north={**NORTH, "poll_period": 2}, south=SOUTH)
    meters = files.read().meters
    assert [meter.poll_period for meter in meters.values()] == [2.0, 5.0]
    assert options(meters["north"]).events_period == 3600


def test_nothing_to_read_says_what_to_do(files: Files) -> None:
    files.write(north=NORTH)
    with pytest.raises(InvalidSetting, match="has a table collect: add one, name profiles, or give --all"):
        files.read(Selection())
    files.write()
    with pytest.raises(InvalidSetting, match="save a meter first"):
        files.read()


def test_a_named_profile_that_is_unknown_or_wrong_is_an_error_at_first(files: Files) -> None:
    files.write(north=NORTH, south={**SOUTH, "timeout": 1})
    with pytest.raises(InvalidSetting, match='no profile "nroth"'):
        files.read(Selection(("nroth", "north")))
    with pytest.raises(InvalidSetting, match="timeout"):
        files.read(Selection(("north", "south")))


def test_one_that_is_wrong_leaves_the_others_working_and_is_told(files: Files) -> None:
    files.write(north=NORTH, south={**SOUTH, "timeout": 1}, east={"target": "tcp://10.0.0.3:1"})
    found = files.read()
    assert list(found.meters) == ["north"]
    assert len(found.problems) == 2
    assert "timeout" in found.problems[0]
    assert 'the profile "east" has no password' in found.problems[1]


def test_the_password_of_the_environment_is_for_profiles_without_one(files: Files) -> None:
    files.write(north=NORTH, east={"target": "tcp://10.0.0.3:1"})
    meters = files.read(IEC102_PASSWORD="77").meters
    assert [meter.station.password.reveal() for meter in meters.values() if meter.station.password] == [1, 77]


def test_one_that_becomes_wrong_stays_as_it_was_and_one_that_goes_goes(files: Files) -> None:
    files.write(north=NORTH, south=SOUTH)
    first = files.read()
    files.write(north={**NORTH, "timeout": 1})
    second = files.read(before=first)
    assert second.meters == {"north": first.meters["north"]}
    assert len(second.problems) == 1
    files.profiles.write_text("[profiles.north]\ntarget = ")
    with pytest.raises(InvalidSetting, match=r"profiles\.toml"):
        files.read(before=second)


@pytest.mark.parametrize("selection", [Selection(), EVERYTHING, Selection(("south", "north"))])
@pytest.mark.parametrize("wrong", [{"timeout": 1}, {"password": None}])
def test_one_that_becomes_wrong_stays_however_it_was_chosen(
    files: Files, selection: Selection, wrong: dict[str, Any]
) -> None:
    north, south = ({**each, "collect": {"live": 5}} for each in (NORTH, SOUTH))
    files.write(north=north, south=south)
    first = files.read(selection)
    changed = {key: value for key, value in {**south, **wrong}.items() if value is not None}
    files.write(north={**north, "retries": 1}, south=changed)
    second = files.read(selection, before=first)
    assert second.meters["south"] == first.meters["south"]
    assert second.meters["north"].settings.retries == 1
    assert len(second.problems) == 1


def test_one_without_its_table_goes_also_where_it_has_no_password_by_then(files: Files) -> None:
    north = {**NORTH, "collect": {"live": 5}}
    files.write(north=north, south=SOUTH)
    first = files.read(Selection())
    files.write(north=north, south={"target": SOUTH["target"]})
    assert list(files.read(Selection(), before=first).meters) == ["north"]


def test_names_that_become_one_topic_are_refused(files: Files) -> None:
    files.write(**{"north 1": NORTH, "north.1": SOUTH})
    assert len(files.read().meters) == 2
    files.config.write_text('[broker]\nurl = "mqtt://broker.example"\n')
    with pytest.raises(InvalidSetting, match="would have the same topic, north_1"):
        files.read()


def test_the_broker_is_read_and_what_is_wrong_in_it_refused(files: Files) -> None:
    files.write(north=NORTH)
    assert files.read().broker is None
    files.config.write_text('[broker]\nurl = "mqtt://broker.example"\nsite = "box"\n')
    broker = files.read().broker
    assert broker is not None
    assert broker.site.name == "box"
    files.config.write_text('[broker]\nurl = "http://broker.example"\n')
    with pytest.raises(InvalidSetting, match="url must be"):
        files.read()
    files.config.write_text('theem = "dark"\n')
    assert "theem" in files.read().problems[0]


def test_what_has_changed(files: Files) -> None:
    files.write(north=NORTH, south=SOUTH, east={**NORTH, "link_address": 3}, west={**NORTH, "link_address": 4})
    first = files.read()
    files.write(
        north=NORTH,
        south={**SOUTH, "collect": {"live": 5, "every": "15min"}},
        east={**NORTH, "link_address": 33},
        new={**NORTH, "link_address": 5},
    )
    second = files.read(before=first)
    assert changes(first.meters, second.meters) == Changes(("east", "west"), ("east", "new"), ("south",))
    assert changes(first.meters, first.meters) == Changes((), (), ())


@pytest.mark.parametrize("change", [{"password": 9}, {"gateway": "127.0.0.1:1"}, {"poll_period": 3}, {"retries": 1}])
def test_what_the_session_or_the_gateway_depends_on_is_a_new_meter(files: Files, change: dict[str, Any]) -> None:
    files.write(north=NORTH)
    first = files.read()
    files.write(north={**NORTH, **change})
    assert changes(first.meters, files.read().meters) == Changes(("north",), ("north",), ())


@pytest.mark.parametrize(
    "change",
    [
        {"autoconnect": True},
        {"limits": {"vi.voltage_l1": [207, 253]}},
        {"cups": "ES0021000000000001RK", "distributor": "0031", "retailer": "0021"},
    ],
)
def test_what_is_for_the_monitor_disturbs_no_meter(files: Files, change: dict[str, Any]) -> None:
    files.write(north=NORTH)
    first = files.read()
    files.write(north={**NORTH, **change})
    second = files.read()
    assert second.meters != first.meters
    assert changes(first.meters, second.meters) == Changes((), (), ())
