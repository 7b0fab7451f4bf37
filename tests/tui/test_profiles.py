import errno
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.application.password import Password
from iec102_tui import profiles, whole_file
from iec102_tui.profile import Profile, decode
from iec102_tui.profiles import (
    Conflict,
    InvalidProfile,
    NotSaved,
    ProfilesError,
    ProfileStore,
    UnknownProfile,
    check_name,
    default_path,
)
from support.failing_os import calls_of, failing_at, killed_at

TWO = """\
version = 7

[profiles.north]
target = "tcp://north:40001"
link_address = 5
password = 4242
site = "Substation, North"

[profiles.south]
target = "tcp://south:40001"
poll_period = 2

[other]
kept = [1, 2.5, 2026-11-22, {a = "b"}]
"""
EAST = Profile(target="tcp://east:40001", password=Password(31))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "profiles.toml"
    path.write_text(TWO)
    path.chmod(0o600)
    return path


@pytest.fixture
def store(path: Path) -> ProfileStore:
    store = ProfileStore(path)
    store.load()
    return store


def content(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def names(path: Path) -> list[str]:
    return list(content(path)["profiles"])


def edit(path: Path, old: str, new: str) -> None:
    """What an editor does."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


# Where the file is


def test_the_file_is_in_the_users_configuration_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles.platformdirs, "user_config_path", lambda name: Path("/config") / name)
    assert default_path({}) == Path("/config/iec102-tui/profiles.toml")


def test_the_environment_names_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_path({"IEC102_TUI_PROFILES": "/elsewhere/p.toml"}) == Path("/elsewhere/p.toml")
    monkeypatch.setenv("IEC102_TUI_PROFILES", "/elsewhere/p.toml")
    assert ProfileStore().path == Path("/elsewhere/p.toml")
    assert ProfileStore(Path("/named")).path == Path("/named")


def test_an_empty_variable_names_nothing() -> None:
    assert default_path({"IEC102_TUI_PROFILES": ""}).name == "profiles.toml"


# Reading


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
    path.write_text(profiles.tomli_w.dumps(table))
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


@pytest.mark.parametrize("name", [*HOSTILE, "--help", " x", "x ", "tcp://x:1", "serial:x", "simulated:", "x" * 101])
def test_a_name_that_could_not_be_typed_is_not_given(path: Path, store: ProfileStore, name: str) -> None:
    if name in ("[bold]x[/]", "[/]", "a.b", 'quo"te', "ñandú"):  # strange, and harmless
        check_name(name)
        return
    for change in (
        lambda: store.save(name, EAST),
        lambda: store.rename("north", name),
        lambda: store.duplicate("north", name),
    ):
        with pytest.raises(ProfilesError) as refused:
            change()
        assert str(refused.value).isprintable()
    assert path.read_text() == TWO


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


def test_that_comments_are_lost_is_told_once(path: Path, store: ProfileStore) -> None:
    assert store.save("east", EAST).notice is None
    edit(path, "version = 7", "version = 7 # of the list")
    store.load()
    notice = store.save("west", EAST).notice
    assert notice
    assert f"{path}.bak" in notice
    assert "# of the list" in path.with_name("profiles.toml.bak").read_text()
    edit(path, "version = 7", "version = 7 # again")
    assert store.save("west", EAST).notice is None


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
    path.write_bytes(profiles.tomli_w.dumps({**table, "profiles": {"a": {**table, "target": "tcp://a:1"}}}).encode())
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


# Others who write the same file


def test_a_change_of_somebody_else_to_another_profile_is_kept(path: Path, store: ProfileStore) -> None:
    edit(path, "tcp://south:40001", "tcp://south:50000")
    store.save("north", EAST)
    assert content(path)["profiles"]["south"]["target"] == "tcp://south:50000"
    assert content(path)["profiles"]["north"]["target"] == "tcp://east:40001"


def test_a_change_of_somebody_else_to_the_same_profile_is_a_conflict(path: Path, store: ProfileStore) -> None:
    edit(path, "link_address = 5", "link_address = 6")
    edited = path.read_text()
    for change in (
        lambda: store.save("north", EAST),
        lambda: store.rename("north", "x"),
        lambda: store.duplicate("north"),
        lambda: store.delete("north"),
    ):
        with pytest.raises(Conflict, match="changed") as refused:
            change()
        assert refused.value.name == "north"
        assert "4242" not in str(refused.value)
    assert path.read_text() == edited
    store.save("north", EAST, overwrite=True)
    assert decode(content(path)["profiles"]["north"])[0] == EAST


def test_a_change_that_was_read_meanwhile_does_not_go_under_in_a_form_filled_before(
    path: Path, store: ProfileStore
) -> None:
    shown = store.load().profiles["north"]
    edit(path, "link_address = 5", "link_address = 6")
    store.load()
    with pytest.raises(Conflict):
        store.save("north", EAST, was=shown)
    store.save("north", EAST, was=store.load().profiles["north"])
    assert decode(content(path)["profiles"]["north"])[0] == EAST


def test_a_profile_that_somebody_deleted_is_a_conflict(path: Path, store: ProfileStore) -> None:
    path.write_text('[profiles.south]\ntarget = "tcp://south:1"\n')
    with pytest.raises(Conflict, match="deleted"):
        store.save("north", EAST)
    assert names(path) == ["south"]


def test_a_profile_that_somebody_made_under_the_same_name_is_a_conflict(path: Path, store: ProfileStore) -> None:
    edit(path, "[other]", '[profiles.east]\ntarget = "tcp://other:1"\n[other]')
    with pytest.raises(Conflict):
        store.save("east", EAST)
    assert content(path)["profiles"]["east"]["target"] == "tcp://other:1"


def test_two_instances_do_not_undo_each_other(path: Path) -> None:
    one, other = ProfileStore(path), ProfileStore(path)
    one.load()
    other.load()
    one.save("east", EAST)
    other.save("west", EAST)
    one.delete("south")
    other.rename("north", "far north")
    assert names(path) == ["far north", "east", "west"]


def test_a_file_that_is_broken_meanwhile_is_never_overwritten(path: Path, store: ProfileStore) -> None:
    broken = TWO + "\n[profiles.half\n"
    path.write_text(broken)
    for change in (lambda: store.save("east", EAST), lambda: store.save("north", EAST, overwrite=True)):
        with pytest.raises(NotSaved, match=r"put right first.*line 16"):
            change()
    assert path.read_text() == broken


def test_a_file_that_was_broken_and_is_mended_is_not_taken_for_empty(path: Path) -> None:
    path.write_text("[profiles.half\n")
    store = ProfileStore(path)
    assert store.load().unusable
    path.write_text(TWO)
    with pytest.raises(Conflict):
        store.save("north", EAST)
    store.save("east", EAST)
    assert names(path) == ["north", "south", "east"]


def test_a_file_that_somebody_deleted_is_made_again(path: Path, store: ProfileStore) -> None:
    path.unlink()
    store.save("east", EAST)
    assert names(path) == ["east"]


def test_an_edit_in_the_last_moment_is_merged(path: Path, store: ProfileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = whole_file.replace
    edits = ["tcp://south:50001", "tcp://south:50002"]

    def late(target: Path, data: bytes, expected: bytes | None) -> None:
        if edits:
            path.write_text(TWO.replace("tcp://south:40001", edits.pop()))
        replace(target, data, expected)

    monkeypatch.setattr(whole_file, "replace", late)
    store.save("north", EAST)
    assert content(path)["profiles"]["south"]["target"] == "tcp://south:50001"
    assert content(path)["profiles"]["north"]["target"] == "tcp://east:40001"


def test_a_file_that_is_written_without_end_is_left_to_the_others(
    path: Path, store: ProfileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(target: Path, data: bytes, expected: bytes | None) -> None:
        raise whole_file.Changed

    monkeypatch.setattr(whole_file, "replace", late)
    with pytest.raises(NotSaved, match="keeps writing"):
        store.save("east", EAST)


def test_whether_the_file_was_changed_is_known_without_reading_it(path: Path, store: ProfileStore) -> None:
    assert not store.changed()
    store.save("east", EAST)
    assert not store.changed()
    edit(path, "version = 7", "version = 8")
    assert store.changed()
    store.load()
    assert not store.changed()
    path.unlink()
    assert store.changed()


# What goes wrong


def reset(path: Path) -> ProfileStore:
    path.write_text(TWO)
    store = ProfileStore(path)
    store.load()
    return store


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_save_that_fails_says_so_in_a_sentence_and_can_be_tried_again(path: Path, error: int) -> None:
    calls = calls_of(lambda: reset(path).save("east", EAST))
    for number in range(len(calls)):
        store = reset(path)
        try:
            with failing_at(number, error):
                store.save("east", EAST)
        except NotSaved as failure:
            said = str(failure)
            assert said.startswith(f"{path} could not be saved and is as it was: ")
            assert said.endswith(".")
            assert "4242" not in said
            assert path.read_text() == TWO
            assert store.load().names == ("north", "south")
            store.save("east", EAST)
        assert names(path) == ["north", "south", "east"]


def test_a_kill_at_any_step_leaves_all_profiles(path: Path) -> None:
    calls = calls_of(lambda: reset(path).save("east", EAST))
    for number in range(len(calls)):
        store = reset(path)
        killed_at(number, lambda store=store: store.save("east", EAST), done=True)
        left = ProfileStore(path).load()
        assert left.names in (("north", "south"), ("north", "south", "east"))
        assert not left.problems
    ProfileStore(path).save("west", EAST)
    assert sorted(os.listdir(path.parent)) == ["profiles.toml", "profiles.toml.bak"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = ProfileStore(tmp_path / "file" / "profiles.toml")
    store.load()
    with pytest.raises(NotSaved, match="could not be saved"):
        store.save("east", EAST)


def test_nothing_of_the_store_shows_a_password(path: Path, store: ProfileStore) -> None:
    edit(path, "password = 4242", "password = 424242424242")
    loaded = store.load()
    for shown in (repr(loaded), repr(store), *map(str, loaded.problems)):
        assert "4242" not in shown
