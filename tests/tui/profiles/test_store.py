import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from iec102_tui.profiles.profile import Profile, decode
from iec102_tui.profiles.store import (
    NotSaved,
    ProfilesError,
    ProfileStore,
    UnknownProfile,
    check_name,
    default_path,
)
from support.profile_files import EAST, TWO, content, edit, names

# Where the file is


def test_the_file_is_in_the_users_configuration_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: Path("/config") / name)
    assert default_path({}) == Path("/config/iec102-tui/profiles.toml")


def test_the_environment_names_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_path({"IEC102_TUI_PROFILES": "/elsewhere/p.toml"}) == Path("/elsewhere/p.toml")
    monkeypatch.setenv("IEC102_TUI_PROFILES", "/elsewhere/p.toml")
    assert ProfileStore().path == Path("/elsewhere/p.toml")
    assert ProfileStore(Path("/named")).path == Path("/named")


def test_an_empty_variable_names_nothing() -> None:
    assert default_path({"IEC102_TUI_PROFILES": ""}).name == "profiles.toml"


# Saving


def test_a_profile_is_saved_and_everything_else_stays(path: Path, store: ProfileStore) -> None:
    before = content(path)
    assert store.save("east", EAST).name == "east"
    after = content(path)
    assert decode(after["profiles"].pop("east")) == (EAST, [])
    assert after == before
    assert store.load().profiles["east"] == EAST


def test_a_new_profile_is_written_with_all_its_settings(path: Path, store: ProfileStore) -> None:
    store.save("east", EAST)
    assert content(path)["profiles"]["east"].keys() >= {"target", "baudrate", "timeout", "timezone", "password"}


def test_a_changed_profile_keeps_its_own_keys_and_gets_only_those_that_changed(path: Path, store: ProfileStore) -> None:
    changed = Profile(target="tcp://north:40002", link_address=5)
    store.save("north", changed)
    assert content(path)["profiles"]["north"] == {
        "target": "tcp://north:40002",
        "link_address": 5,
        "site": "Substation, North",
    }
    store.save("south", Profile(target="tcp://south:40001", poll_period=2.0, retries=4))
    assert "poll_period = 2\n" in path.read_text(), "as it was written by hand"
    assert content(path)["profiles"]["south"]["retries"] == 4


def test_saving_mends_a_profile_with_an_error(path: Path, store: ProfileStore) -> None:
    edit(path, "link_address = 5", "link_address = true")
    store.load()
    store.save("north", Profile(target="tcp://north:40001", link_address=1))
    assert content(path)["profiles"]["north"]["link_address"] == 1
    assert not isinstance(content(path)["profiles"]["north"]["link_address"], bool)


def test_a_store_that_was_not_read_yet_changes_nothing_else(path: Path) -> None:
    ProfileStore(path).save("south", EAST)
    assert names(path) == ["north", "south"]


def test_save_as_never_takes_a_name_that_is_used(path: Path, store: ProfileStore) -> None:
    with pytest.raises(NotSaved, match="south"):
        store.save("south", EAST, new=True)
    assert path.read_text() == TWO
    store.save("east", EAST, new=True)
    assert names(path) == ["north", "south", "east"]


def test_the_first_save_makes_folder_and_file_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "profiles.toml"
    ProfileStore(path).save("east", EAST)
    assert names(path) == ["east"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["profiles.toml"]


def test_the_version_before_is_kept_beside_it(path: Path, store: ProfileStore) -> None:
    store.save("east", EAST)
    assert path.with_name("profiles.toml.bak").read_text() == TWO


def test_comments_and_layout_stay_whatever_is_done(path: Path, store: ProfileStore) -> None:
    edit(path, "version = 7", "version   =  7 # of the list")
    edit(path, "[profiles.south]", "# the old one\n[profiles.south]")
    commented = path.read_text()
    assert store.save("east", EAST).notice is None
    assert set(commented.splitlines()) <= set(path.read_text().splitlines())
    store.rename("east", "far east")
    store.duplicate("far east")
    assert set(commented.splitlines()) <= set(path.read_text().splitlines())
    deleted = store.delete("south")
    assert "# the old one" in path.read_text()
    store.delete("far east")
    store.delete("far east copy")
    store.undo(deleted)
    assert names(path) == ["north", "south"]
    assert "version   =  7 # of the list" in path.read_text()
    assert "# the old one" in path.read_text()


def test_a_deletion_that_is_taken_back_leaves_the_file_as_it_was_to_the_byte(path: Path, store: ProfileStore) -> None:
    edit(path, "[profiles.south]", "# the old one\n[ profiles . south ]")
    before = path.read_bytes()
    store.undo(store.delete("south"))
    assert path.read_bytes() == before


def test_comments_that_cannot_be_kept_are_told_once(
    path: Path, store: ProfileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iec102_tui.files.toml_edit._proven", lambda *_: None)
    assert store.save("east", EAST).notice is None
    edit(path, "version = 7", "version = 7 # of the list")
    store.load()
    notice = store.rename("north", "west").notice
    assert notice
    assert f"{path}.bak" in notice
    assert "# of the list" in path.with_name("profiles.toml.bak").read_text()
    edit(path, "version = 7", "version = 7 # again")
    assert store.rename("west", "north").notice is None


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=5),
        max_size=5,
    )
)
def test_whatever_else_stands_in_the_file_is_kept(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("kept") / "profiles.toml"
    table.pop("profiles", None)
    table.pop("target", None)
    path.write_bytes(tomli_w.dumps({**table, "profiles": {"a": {**table, "target": "tcp://a:1"}}}).encode())
    store = ProfileStore(path)
    store.load()
    store.save("b", EAST)
    store.rename("a", "c")
    after = tomllib.loads(path.read_bytes().decode())
    assert after["profiles"].pop("c") == {**table, "target": "tcp://a:1"}
    assert list(after.pop("profiles")) == ["b"]
    assert after == table


def test_a_symbolic_link_to_the_file_stays_one(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    ProfileStore(link).save("east", EAST)
    assert link.is_symlink()
    assert "east" in names(path)


@pytest.mark.parametrize("name", ["[bold]x[/]", "[/]", "a.b", 'quo"te', "ñandú", "far north", "x" * 100])
def test_a_strange_name_is_a_name(path: Path, store: ProfileStore, name: str) -> None:
    check_name(name)
    store.rename("north", name)
    assert names(path) == [name, "south"]


INVISIBLE = ["", " ", " x", "x ", "new\nline", "\x1b]0;x\x07", "\u202etxt", "\0"]


@pytest.mark.parametrize("name", [*INVISIBLE, "--help", "tcp://x:1", "serial:x", "simulated:", "x" * 101])
def test_a_name_that_could_not_be_typed_is_not_given(path: Path, store: ProfileStore, name: str) -> None:
    for change in (
        lambda: store.save(name, EAST),
        lambda: store.rename("north", name),
        lambda: store.duplicate("north", name),
    ):
        with pytest.raises(ProfilesError) as refused:
            change()
        assert str(refused.value).isprintable()
    assert path.read_text() == TWO


# Rename, duplicate, delete, undo


def test_a_renamed_profile_keeps_its_place_and_its_keys(path: Path, store: ProfileStore) -> None:
    table = content(path)["profiles"]["north"]
    assert store.rename("north", "far north").name == "far north"
    assert names(path) == ["far north", "south"]
    assert content(path)["profiles"]["far north"] == table


def test_no_profile_gets_a_name_that_is_used(path: Path, store: ProfileStore) -> None:
    for change in (
        lambda: store.rename("north", "south"),
        lambda: store.rename("north", "north"),
        lambda: store.duplicate("north", "south"),
    ):
        with pytest.raises(NotSaved, match="already"):
            change()
    assert path.read_text() == TWO


def test_a_copy_has_every_key_and_a_name_of_its_own(path: Path, store: ProfileStore) -> None:
    assert [store.duplicate("north").name for _ in range(3)] == ["north copy", "north copy 2", "north copy 3"]
    tables = content(path)["profiles"]
    assert tables["north copy 3"] == tables["north"]


def test_a_deleted_profile_comes_back_to_its_place(path: Path, store: ProfileStore) -> None:
    before = content(path)
    deleted = store.delete("north")
    assert names(path) == ["south"]
    assert "4242" not in repr(deleted)
    store.save("east", EAST)
    store.undo(deleted)
    assert names(path) == ["north", "south", "east"]
    assert content(path)["profiles"]["north"] == before["profiles"]["north"]


def test_a_deleted_profile_does_not_come_back_over_another(path: Path, store: ProfileStore) -> None:
    deleted = store.delete("north")
    store.save("north", EAST)
    with pytest.raises(NotSaved, match="north"):
        store.undo(deleted)
    assert decode(content(path)["profiles"]["north"])[0] == EAST


def test_the_last_profile_can_be_deleted_and_comes_back(path: Path, store: ProfileStore) -> None:
    for name in ("north", "south"):
        last = store.delete(name)
    assert store.load().names == ()
    store.undo(last)
    assert store.load().names == ("south",)


@pytest.mark.parametrize("change", ["rename", "duplicate", "delete"])
def test_a_profile_that_does_not_exist_cannot_be_changed(path: Path, store: ProfileStore, change: str) -> None:
    with pytest.raises(UnknownProfile, match="nobody"):
        getattr(store, change)("nobody", *(["x"] if change == "rename" else []))
    assert path.read_text() == TWO
