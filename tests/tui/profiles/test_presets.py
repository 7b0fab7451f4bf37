from pathlib import Path

import pytest
from iec102.asdu.password import Password
from iec102.errors import InvalidSetting
from iec102_tui.profiles import presets
from iec102_tui.profiles.presets import read_presets, shipped_file

IBERDROLA = {"baudrate": 9600, "format": "8N1", "point_address": 1, "password": Password(7)}
ENDESA = {"baudrate": 9600, "format": "8E1", "point_address": 1, "password": Password(1)}
NATURGY = {"baudrate": 9600, "format": "8N1", "link_address": 1}


def test_the_presets_hold_what_the_utilities_use_and_leave_the_rest_to_the_user() -> None:
    found = read_presets()
    assert [(name, dict(preset.values), preset.asked) for name, preset in found.items()] == [
        ("Iberdrola", IBERDROLA, {"link_address"}),
        ("Endesa", ENDESA, {"link_address"}),
        ("Naturgy", NATURGY, {"point_address", "password"}),
    ]
    assert [preset.link_address_from_meter_id for preset in found.values()] == [True, True, False]


def test_a_damaged_preset_is_named(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('[presets.Odd]\nformat = "9X1"\n')
    with pytest.raises(InvalidSetting, match=r"Odd.*format"):
        read_presets(path)


def test_a_checkout_has_its_presets_in_its_root_whatever_lies_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "tui" / "iec102_tui"
    package.mkdir(parents=True)
    (package / "profiles.toml").write_text("stale")
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(presets, "__file__", str(package / "profiles" / "presets.py"))
    assert shipped_file() == tmp_path / "profiles.toml"


def test_an_installed_program_has_its_presets_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "iec102_tui"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(presets, "__file__", str(package / "profiles" / "presets.py"))
    assert shipped_file() == package / "profiles.toml"
