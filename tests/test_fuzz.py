"""The fuzz target, with a bounded budget."""

from random import Random

import pytest
from fuzz import Broken, Fuzz, check
from iec102.link import Frame

STATUS = Frame(0x0B, 1).encode()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_changed_in_frames_all_holds(seed: int) -> None:
    fuzz = Fuzz(seed)
    first = len(fuzz.kept)
    fuzz.run(lambda tried: tried < 2_000)
    assert len(fuzz.kept) > first > 50


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (lambda frame: None, "does not give the bytes back"),
        (lambda frame: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_decoder_that_is_wrong_is_found(fault: object, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.decode", fault)
    with pytest.raises(Broken, match=why):
        Fuzz(1)


def test_a_reader_that_loses_bytes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.read", lambda data, *cuts: [])
    with pytest.raises(Broken, match="bytes are lost"):
        check(STATUS, Random(1))
