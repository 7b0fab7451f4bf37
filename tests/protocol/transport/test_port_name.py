"""Adapters that are pulled out and put back. Links in a folder of the test stand for those of /dev/serial/by-id."""

from pathlib import Path

import pytest
from iec102.transport.port_name import PortName


@pytest.fixture
def by_id(tmp_path: Path) -> Path:
    folder = tmp_path / "by-id"
    folder.mkdir()
    return folder


def plug_in(tmp_path: Path, by_id: Path, number: int, name: str = "usb-FTDI_A1") -> Path:
    device = tmp_path / f"ttyUSB{number}"
    device.touch()
    (by_id / name).symlink_to(device)
    return device


def pull_out(device: Path, by_id: Path, name: str = "usb-FTDI_A1") -> None:
    device.unlink()
    (by_id / name).unlink()


def test_an_adapter_that_comes_back_under_another_number_is_found(tmp_path: Path, by_id: Path) -> None:
    device = plug_in(tmp_path, by_id, 0)
    port = PortName(str(device), str(by_id))
    assert port.path == str(device)
    port.opened()
    pull_out(device, by_id)
    assert not port.is_there()
    plug_in(tmp_path, by_id, 1)
    assert port.is_there()
    assert Path(port.path).resolve() == tmp_path / "ttyUSB1"


def test_another_adapter_that_got_its_name_is_not_taken_for_it(tmp_path: Path, by_id: Path) -> None:
    device = plug_in(tmp_path, by_id, 0)
    port = PortName(str(device), str(by_id))
    port.opened()
    pull_out(device, by_id)
    plug_in(tmp_path, by_id, 0, "usb-Other_B2")
    plug_in(tmp_path, by_id, 1)
    assert Path(port.path).resolve() == tmp_path / "ttyUSB1"


def test_a_port_without_a_link_is_known_by_its_path(tmp_path: Path) -> None:
    device = tmp_path / "ttyS0"
    device.touch()
    port = PortName(str(device), str(tmp_path / "no such folder"))
    port.opened()
    device.unlink()
    assert not port.is_there()
    device.touch()
    assert port.is_there()
    assert port.path == str(device)
