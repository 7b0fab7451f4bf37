"""The file of the wrong keys: read back as it was, shared by gateways, and without any key in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import Password
from iec102.gateway import KeptKeys, Outcome
from iec102.gateway.key_attempts import KeyAttemptLimit
from iec102.settings import Station
from iec102_tui.meter_side.key_file import KeyFile, default_path

LINE = "tcp://192.0.2.1:40001"


def limit_of(file: KeyFile, line: str = LINE) -> KeyAttemptLimit:
    limit = KeyAttemptLimit(line, now=lambda: 1e9)
    if (kept := asyncio.run(file.load(line))) is not None:
        limit.take_over(kept)
    return limit


def refuse(file: KeyFile, *keys: int, line: str = LINE) -> KeyAttemptLimit:
    limit = limit_of(file, line)
    for key in keys:
        limit.refused("host", Station(1, 1, Password(key)), 7)
    limit.take_over(asyncio.run(file.save(line, limit.kept)))
    return limit


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "state" / "keys.json")
    assert asyncio.run(file.load(LINE)) is None
    limit = refuse(file, 48151623, 42424242)
    limit.accepted(Station(1, 2, Password(31415926)))
    kept = asyncio.run(file.save(LINE, limit.kept))
    assert asyncio.run(KeyFile(file.path).load(LINE)) == kept
    assert [key.outcome for key in kept.keys] == [Outcome.REFUSED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert asyncio.run(file.load("serial:/dev/ttyUSB0")) == KeptKeys(kept.salt)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    text = "".join(path.read_text() for path in file.path.parent.iterdir())
    for key in (48151623, 42424242, 31415926):
        assert str(key) not in text
        assert f"{key:x}" not in text.lower()
        assert key.to_bytes(4, "little").hex() not in text.lower()


def test_two_gateways_write_one_file(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys.json")
    refuse(file, 1)
    first, second = limit_of(file), limit_of(file)
    first.refused("host", Station(1, 1, Password(2)), 7)
    second.refused("host", Station(1, 1, Password(3)), 7)
    for limit in (first, second):
        limit.take_over(asyncio.run(file.save(LINE, limit.kept)))
    refuse(file, 9, line="serial:/dev/ttyUSB0")
    assert limit_of(file).wrong_of(1).refused == 3
    assert limit_of(file, "serial:/dev/ttyUSB0").wrong_of(1).refused == 1


def test_a_reset_is_of_one_line_or_of_all(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys.json")
    running = refuse(file, 1, 2)
    refuse(file, 3, line="other")
    assert file.reset(LINE, 1e9) == 2
    assert limit_of(file).wrong == ()
    assert limit_of(file, "other").wrong_of(1).refused == 1
    running.take_over(asyncio.run(file.save(LINE, running.kept)))
    assert running.wrong == (), "a gateway that runs brings none back"
    assert file.reset(None, 1e9) == 1
    assert limit_of(file, "other").wrong == ()
    assert KeyFile(tmp_path / "none" / "keys.json").reset(None, 1e9) == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"version": 1, "salt": "zz", "lines": {}}',
        b'{"version": 1, "salt": "", "lines": {}}',
        b'{"version": 9, "salt": "00", "lines": {}}',
        b'{"version": 1, "salt": "00", "lines": []}',
        b'{"version": 1, "salt": "00", "lines": {"a": {"reset_at": 1e999, "keys": []}}}',
        b'{"version": 1, "salt": "00", "lines": {"a": {"reset_at": 0, "keys": [[1, "aa", "maybe", 1, 7]]}}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_said_and_put_aside_by_the_next_save(tmp_path: Path, content: bytes) -> None:
    file = KeyFile(tmp_path / "keys.json")
    file.path.write_bytes(content)
    with pytest.raises(OSError, match="damaged"):
        asyncio.run(file.load(LINE))
    limit = KeyAttemptLimit(LINE, now=lambda: 1e9)
    limit.refused("host", Station(1, 1, Password(5)), 7)
    asyncio.run(file.save(LINE, limit.kept))
    assert limit_of(file).wrong_of(1).refused == 1
    assert file.path.with_name("keys.json.bak").read_bytes() == content


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda part: (
            st.lists(part)
            | st.dictionaries(st.sampled_from(("version", "salt", "lines", "keys", "reset_at", "a")), part)
        ),
    )
)
def test_any_json_is_read_or_said(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    file = KeyFile(tmp_path_factory.mktemp("keys") / "keys.json")
    file.path.write_text(json.dumps(document))
    with contextlib.suppress(OSError):
        asyncio.run(file.load("a"))


def test_it_stands_in_the_state_folder() -> None:
    assert default_path().parts[-2:] == ("iec102-tui", "gateway-keys.json")
