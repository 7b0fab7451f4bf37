"""Where the one file unpacks itself: into a folder that nobody but its user can write, and nowhere else."""

import os
import sys
import types
import zipfile
from pathlib import Path

import one_file_main
import pytest

MODE = 0o777


@pytest.fixture(autouse=True)
def _usual_mask() -> None:
    os.umask(0o022)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The TMPDIR; what is made at the end of the program is not registered."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr("atexit.register", lambda *_arguments: None)
    return folder


def own(folder: Path) -> Path:
    return folder / f"iec102-tui-{os.geteuid()}"


def test_it_is_below_the_cache_that_is_named(tmp_path: Path) -> None:
    found = one_file_main.cache_folder({"XDG_CACHE_HOME": str(tmp_path / "cache")})
    assert found == str(tmp_path / "cache/iec102-tui/one-file")
    assert os.stat(found).st_mode & MODE == 0o700


@pytest.mark.parametrize("environment", [{}, {"XDG_CACHE_HOME": ""}, {"XDG_CACHE_HOME": "relative"}])
def test_else_below_the_home(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert one_file_main.cache_folder(environment) == str(tmp_path / ".cache/iec102-tui/one-file")


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nowhere"))
    assert one_file_main.cache_folder({}) is None
    assert not (tmp_path / "nowhere").exists()


def test_a_cache_that_cannot_be_made_is_left_for_a_temporary_folder(temporary: Path) -> None:
    environment = {"XDG_CACHE_HOME": "/dev/null/cache", "TMPDIR": str(temporary)}
    assert one_file_main.cache_folder(environment) is None
    assert one_file_main.temporary_folder(environment) == str(own(temporary))
    assert own(temporary).stat().st_mode & MODE == 0o700


def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path, temporary: Path) -> None:
    folder = tmp_path / "iec102-tui" / "one-file"
    folder.mkdir(parents=True)
    for mode in (0o777, 0o770, 0o720):
        folder.chmod(mode)
        assert one_file_main.cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) is None
    own(temporary).mkdir()
    own(temporary).chmod(0o777)
    found = one_file_main.temporary_folder({"TMPDIR": str(temporary)})
    assert not found.startswith(str(own(temporary)) + "/")
    assert found != str(own(temporary))


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one_file_main.is_own(str(tmp_path / "mine"))
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert not one_file_main.is_own(str(tmp_path / "mine"))


def test_a_link_is_not_followed(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    own(temporary).symlink_to(tmp_path / "elsewhere")
    found = Path(one_file_main.temporary_folder({"TMPDIR": str(temporary)}))
    assert not found.is_symlink()
    assert found.stat().st_mode & MODE == 0o700


def test_a_file_in_its_place_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not one_file_main.is_own(str(tmp_path / "file"))


# Unpacking


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A file with one module; gives for each time that it was unpacked whether by force."""
    path = tmp_path / "iec102-tui.pyz"
    with zipfile.ZipFile(path, "w") as zip_:
        zip_.writestr("site-packages/module.py", "")
    done: list[bool] = []

    def extract(file: zipfile.ZipFile, target: Path, *, force: bool) -> None:
        file.extractall(target)
        done.append(force)

    bootstrap = types.ModuleType("_bootstrap")
    bootstrap.extract_site_packages = extract  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "_bootstrap", bootstrap)
    monkeypatch.setattr(sys, "argv", [str(path)])
    monkeypatch.setattr(one_file_main, "FILES", "1")
    return done


def test_it_is_unpacked_once(archive: list[bool], tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    first = one_file_main.unpacked(environment)
    assert one_file_main.unpacked(environment) == first
    assert (Path(first) / "module.py").exists()
    assert archive == [False]


def test_what_was_tidied_up_in_a_temporary_folder_is_unpacked_again(archive: list[bool], temporary: Path) -> None:
    environment = {"XDG_CACHE_HOME": "/dev/null/cache", "TMPDIR": str(temporary)}
    module = Path(one_file_main.unpacked(environment)) / "module.py"
    (module.parent / "module.pyc").touch()
    one_file_main.unpacked(environment)
    assert len(archive) == 1
    module.unlink()
    one_file_main.unpacked(environment)
    assert archive[1:] == [True]
    assert module.exists()


def test_no_room_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_environment: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(one_file_main, "unpacked", fail)
    assert one_file_main.main() == 1
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert said.count("\n") == 1


def test_an_old_python_is_told_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(one_file_main, "NEEDED", (4, 0))
    assert one_file_main.main() == 1
    assert "needs Python 3.11 or newer, and this is 3." in capsys.readouterr().err
