"""The table ``collect`` of a profile."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from iec102.errors import InvalidSetting
from iec102.load_profile.intervals import Register
from iec102_tui.profiles.collect_options import CollectOptions, parse_collect, period, plain_collect
from iec102_tui.profiles.profile import decode
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.profiles.store import ProfileStore


def test_an_empty_table_reads_hours_events_and_closings() -> None:
    options = parse_collect({})
    assert options == CollectOptions()
    assert options.registers == (Register.HOURLY,)
    assert (options.profile_period, options.events_period, options.closings_period) == (3600, 3600, 86_400)


def test_what_is_given_counts() -> None:
    given = {"live": 5, "profile": ["hourly", "daily"], "every": "15min", "events": "never", "closings": "2d"}
    options = parse_collect(given)
    assert options.live == 5.0
    assert options.registers == (Register.HOURLY, Register.DAILY)
    assert (options.profile_period, options.events_period, options.closings_period) == (900, None, 172_800)
    assert plain_collect(options) == given


@pytest.mark.parametrize(("text", "seconds"), [("60s", 60), ("1 min", 60), ("366d", 31_622_400), (" 6h ", 21_600)])
def test_a_period(text: str, seconds: int) -> None:
    assert period(text) == seconds


@pytest.mark.parametrize("text", ["", "59s", "0min", "1m", "367d", "1.5h", "-1h", "h", "1 hour", "9" * 30 + "s", "²h"])
def test_no_period(text: str) -> None:
    with pytest.raises(InvalidSetting, match='"15min", "1h" or "1d", or "never"'):
        period(text)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"lives": 5}, "lives is not known and has no effect; did you mean live?"),
        ({"live": "5"}, "live must be a number of 0 to 86400 s"),
        ({"live": True}, "live must be"),
        ({"live": -1}, "live must be"),
        ({"live": math.nan}, "live must be"),
        ({"live": 86_401}, "live must be"),
        ({"profile": "minutely"}, 'profile must be one of "hourly"'),
        ({"profile": []}, "profile must be"),
        ({"profile": ["none", "hourly"]}, "profile must be"),
        ({"profile": ["hourly", "hourly"]}, "profile must be"),
        ({"profile": [{}]}, "profile must be"),
        ({"profile": 1}, "profile must be"),
        ({"every": 3600}, "every must be a time"),
        ({"events": "soon"}, '"soon" is not a time'),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_key(table: dict[str, object], words: str) -> None:
    profile, faults = decode({"target": "simulated:", "collect": table})
    assert profile is None
    assert [fault.key for fault in faults] == ["collect"]
    assert words in faults[0].message


_json = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=5), lambda each: st.lists(each, max_size=2)
)


@given(st.dictionaries(st.sampled_from([*CollectOptions._fields, "x"]), _json))
def test_no_table_makes_it_fail_otherwise(table: dict[str, object]) -> None:
    try:
        options = parse_collect(table)
    except InvalidSetting:
        return
    assert parse_collect(plain_collect(options)) == options


def test_a_form_that_does_not_show_it_leaves_it_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    collect = {"live": 5, "every": "1h"}
    path.write_text(tomli_w.dumps({"profiles": {"north": {"target": "simulated:", "collect": collect}}}))
    store = ProfileStore(path)
    was = store.load().profiles["north"]
    store.save("north", Profile(target="simulated:", retries=7), was=was)
    saved = store.load().profiles["north"]
    assert (saved.retries, saved.collect) == (7, was.collect)
