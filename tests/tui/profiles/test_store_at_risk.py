"""The file of profiles while others write it, and when the system fails."""

import errno
import os
from pathlib import Path

import pytest
from iec102_tui.files import whole_file
from iec102_tui.profiles.profile import decode
from iec102_tui.profiles.store import (
    Conflict,
    NotSaved,
    ProfileStore,
)
from support.failing_os import calls_of, failing_at, killed_at
from support.profile_files import EAST, TWO, content, edit, names

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
