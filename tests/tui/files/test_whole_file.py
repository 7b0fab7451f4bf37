import errno
import os
import stat
from pathlib import Path

import pytest
from iec102_tui.files import whole_file
from support.failing_os import calls_of, failing_at, killed_at

OLD, NEW = b"old\n" * 5000, b"new\n" * 7000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "profiles.toml"
    path.write_bytes(OLD)
    path.chmod(0o600)
    path.with_name("profiles.toml.bak").write_bytes(b"older\n")
    return path


def backup(path: Path) -> Path:
    return path.with_name(path.name + ".bak")


def save(path: Path) -> None:
    with whole_file.locked(path):
        whole_file.replace(path, NEW, OLD)


def steps(path: Path) -> list[str]:
    made = calls_of(lambda: save(path))
    path.write_bytes(OLD)
    backup(path).write_bytes(b"older\n")
    return made


def test_the_new_version_stands_in_the_place_of_the_old_which_is_kept(path: Path) -> None:
    save(path)
    assert path.read_bytes() == NEW
    assert backup(path).read_bytes() == OLD
    assert sorted(os.listdir(path.parent)) == ["profiles.toml", "profiles.toml.bak"]


def test_both_versions_are_for_the_user_alone(path: Path) -> None:
    path.chmod(0o644)
    save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(backup(path).stat().st_mode) == 0o600


def test_a_version_is_on_the_disk_before_it_gets_its_name(path: Path) -> None:
    made = [name for name in steps(path) if name in ("write", "fsync", "replace")]
    assert made == ["write", "fsync", "write", "fsync", "replace", "replace", "fsync"]


def test_no_kill_leaves_half_a_file(path: Path) -> None:
    for number in range(len(steps(path))):
        for done in (False, True):
            killed_at(number, lambda: save(path), done=done)
            assert path.read_bytes() in (OLD, NEW), number
            assert backup(path).read_bytes() in (b"older\n", OLD), number
            path.write_bytes(OLD)
    save(path)
    assert sorted(os.listdir(path.parent)) == ["profiles.toml", "profiles.toml.bak"], "what was left over is cleared"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_no_failing_call_loses_a_version_or_leaves_something_behind(path: Path, error: int) -> None:
    for number, name in enumerate(steps(path)):
        try:
            with failing_at(number, error):
                save(path)
        except OSError as failed:
            told = failed.filename
            assert name != "write" or told == str(path)
            assert path.read_bytes() == OLD, (number, name)
        else:
            assert path.read_bytes() == NEW, (number, name)
        assert backup(path).read_bytes() in (b"older\n", OLD), (number, name)
        assert sorted(os.listdir(path.parent)) == ["profiles.toml", "profiles.toml.bak"], (number, name)
        path.write_bytes(OLD)
        backup(path).write_bytes(b"older\n")


def test_a_disk_that_fills_up_in_the_middle_of_the_file_is_no_loss(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = [1000]
    write = os.write

    def scarce(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(descriptor, data[: min(300, room[0])])
        room[0] -= written
        return written

    monkeypatch.setattr(os, "write", scarce)
    with pytest.raises(OSError, match="No space left"):
        save(path)
    assert path.read_bytes() == OLD
    room[0] = 10**9
    save(path)
    assert path.read_bytes() == NEW


def test_a_file_that_somebody_changed_is_left_alone(path: Path) -> None:
    path.write_bytes(b"edited\n")
    with whole_file.locked(path), pytest.raises(whole_file.Changed):
        whole_file.replace(path, NEW, OLD)
    assert path.read_bytes() == b"edited\n"
    assert sorted(os.listdir(path.parent)) == ["profiles.toml", "profiles.toml.bak"]


def test_a_file_that_somebody_made_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_bytes(b"made\n")
    with whole_file.locked(path), pytest.raises(whole_file.Changed):
        whole_file.replace(path, NEW, None)
    assert path.read_bytes() == b"made\n"


def test_the_first_version_makes_the_folder_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "config" / "iec102-tui" / "profiles.toml"
    with whole_file.locked(path):
        whole_file.replace(path, NEW, None)
    assert path.read_bytes() == NEW
    assert os.listdir(path.parent) == ["profiles.toml"]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_symbolic_link_stays_one(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    link = folder / "link.toml"
    link.symlink_to(Path("..") / "profiles.toml")
    save(link)
    assert link.is_symlink()
    assert path.read_bytes() == NEW
    assert backup(path).read_bytes() == OLD
    assert os.listdir(folder) == ["link.toml"]


def test_a_symbolic_link_to_nothing_gets_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "elsewhere" / "profiles.toml")
    with whole_file.locked(link):
        whole_file.replace(link, NEW, None)
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "profiles.toml").read_bytes() == NEW


def test_a_file_marked_as_read_only_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.chmod(0o400)
    monkeypatch.setattr(os, "access", lambda name, mode: False)  # root, who runs some tests, may write everywhere
    with pytest.raises(PermissionError, match="read-only"):
        save(path)
    assert path.read_bytes() == OLD


def test_what_is_no_ordinary_file_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with whole_file.locked(pipe), pytest.raises(OSError, match="ordinary file"):
        whole_file.replace(pipe, NEW, b"")
    assert pipe.is_fifo()


def test_another_instance_that_is_saving_is_waited_for_and_not_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(whole_file.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(whole_file.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    with whole_file.locked(path), pytest.raises(OSError, match="another program is saving"), whole_file.locked(path):
        pass
    assert now[0] > 0.5
    with whole_file.locked(path):
        pass


def test_a_file_system_without_locks_is_used_without(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(whole_file.fcntl, "flock", refuse)
    save(path)
    assert path.read_bytes() == NEW


def test_a_large_file_is_not_read_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(whole_file.LARGEST + 1)
    with pytest.raises(OSError, match="larger than"):
        whole_file.read(path)


def test_a_device_or_a_pipe_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (Path("/dev/zero"), pipe):
        with pytest.raises(OSError, match="no ordinary file"):
            whole_file.read(path)


def test_a_file_that_does_not_exist_has_no_content(tmp_path: Path) -> None:
    assert whole_file.read(tmp_path / "none") is None
    assert whole_file.read(tmp_path / "none" / "none") is None
