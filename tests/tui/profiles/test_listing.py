import os
from pathlib import Path

import pytest
import tomli_w
from iec102.asdu.password import Password
from iec102_tui.profiles.profile import Profile
from iec102_tui.profiles.store import (
    InvalidProfile,
    NotSaved,
    ProfileStore,
    UnknownProfile,
)
from support.profile_files import EAST, content, edit, names


def test_the_profiles_are_read_in_their_order(store: ProfileStore) -> None:
    loaded = store.load()
    assert loaded.names == ("north", "south")
    assert loaded.profiles["north"] == Profile(target="tcp://north:40001", link_address=5, password=Password(4242))
    assert not loaded.problems


def test_the_shipped_presets_come_with_them(store: ProfileStore) -> None:
    assert list(store.load().presets) == ["Iberdrola", "Endesa", "Naturgy"]


def test_no_file_is_no_problem_and_reading_makes_no_folder(tmp_path: Path) -> None:
    store = ProfileStore(tmp_path / "none" / "profiles.toml")
    loaded = store.load()
    assert not loaded.exists
    assert not loaded.problems
    assert not loaded.profiles
    assert os.listdir(tmp_path) == []


def test_an_error_in_one_profile_leaves_the_others_working(path: Path, store: ProfileStore) -> None:
    edit(path, "link_address = 5", "link_address = 70000\nretries = true")
    loaded = store.load()
    assert list(loaded.profiles) == ["south"]
    assert loaded.names == ("north", "south")
    assert [problem.profile for problem in loaded.problems] == ["north", "north"]
    first = str(loaded.problems[0])
    assert first.startswith(f"{path}: profiles.north.link_address is 70000; it must be ")
    assert "65535" in first
    assert store.find("south").target == "tcp://south:40001"
    with pytest.raises(InvalidProfile, match=r"link_address.* And 1 more"):
        store.find("north")


def test_a_profile_that_is_no_table_is_named(path: Path, store: ProfileStore) -> None:
    path.write_text('[profiles]\nnorth = 5\n[profiles.south]\ntarget = "tcp://south:1"\n')
    loaded = store.load()
    assert list(loaded.profiles) == ["south"]
    assert str(loaded.problems[0]) == f"{path}: profiles.north is 5; it must be a table."


@pytest.mark.parametrize("text", ["profiles = 5", "profiles = []", "[[profiles]]\na = 1"])
def test_something_else_in_the_place_of_the_profiles_is_named_and_never_overwritten(
    path: Path, store: ProfileStore, text: str
) -> None:
    path.write_text(text)
    loaded = store.load()
    assert "must be a table of profiles" in str(loaded.problems[0])
    with pytest.raises(NotSaved):
        store.save("east", EAST)
    assert path.read_text() == text


def test_keys_that_mean_nothing_are_told_without_being_errors(path: Path, store: ProfileStore) -> None:
    assert {str(warning).partition(": ")[2] for warning in store.load().warnings} == {
        "version is not known and has no effect.",
        "other is not known and has no effect.",
        "profiles.north.site is not known and has no effect.",
    }
    path.write_text("[profile.north]\n")
    assert "did you mean profiles?" in str(store.load().warnings[0])


def test_an_unknown_name_is_answered_with_those_that_are_near(store: ProfileStore) -> None:
    with pytest.raises(UnknownProfile, match=r'"nort" in .*"north"'):
        store.find("nort")
    with pytest.raises(UnknownProfile, match=r'"xyz" in .*"north", "south"'):
        store.find("xyz")


def test_an_unknown_name_without_a_file_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(UnknownProfile, match=r"none\.toml does not exist"):
        ProfileStore(tmp_path / "none.toml").find("north")


def test_an_unknown_name_in_a_broken_file_is_answered_with_what_is_broken(path: Path, store: ProfileStore) -> None:
    path.write_text("[profiles.north]\ntarget = \n")
    with pytest.raises(InvalidProfile, match="line 2"):
        store.find("north")


def test_a_thousand_profiles_are_read_and_one_of_them_is_changed(path: Path, store: ProfileStore) -> None:
    path.write_text("\n".join(f'[profiles.meter-{n}]\ntarget = "tcp://10.0.0.1:{n + 1}"' for n in range(1000)))
    loaded = store.load()
    assert len(loaded.profiles) == 1000
    assert not loaded.problems
    store.rename("meter-500", "renamed")
    assert names(path)[500] == "renamed"
    with pytest.raises(UnknownProfile) as refused:
        store.find("meter-9999")
    assert len(str(refused.value)) < 300


HOSTILE = [
    "",
    " ",
    "[bold]x[/]",
    "[/]",
    "a.b",
    'quo"te',
    "new\nline",
    "\x1b]0;x\x07",
    "\u202etxt",
    "\0",
    "ñandú",
    "€" * 500,
]


@pytest.mark.parametrize("name", [*HOSTILE, "--help", "tcp://x:1", "profiles"])
def test_a_hostile_name_in_the_file_is_plain_data(path: Path, name: str) -> None:
    table = {"profiles": {name: {"target": "nowhere", "unknown": 1}, "good": {"target": "tcp://x:1"}}}
    path.write_text(tomli_w.dumps(table))
    store = ProfileStore(path)
    loaded = store.load()
    assert loaded.names == (name, "good")
    assert all(str(said).isprintable() for said in (*loaded.problems, *loaded.warnings))
    with pytest.raises(InvalidProfile) as refused:
        store.find(name)
    assert str(refused.value).isprintable()
    deleted = store.delete(name)
    assert names(path) == ["good"]
    store.undo(deleted)
    assert content(path) == table
    store.rename(name, "harmless")
    assert names(path) == ["harmless", "good"]


def test_nothing_of_the_store_shows_a_password(path: Path, store: ProfileStore) -> None:
    edit(path, "password = 4242", "password = 424242424242")
    loaded = store.load()
    for shown in (repr(loaded), repr(store), *map(str, loaded.problems)):
        assert "4242" not in shown
