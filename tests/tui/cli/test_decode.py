"""`iec102-tui decode`: one JSON object a line for each frame, with the keys of the contract and no other."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from iec102.asdu import MADRID
from iec102_tui.captures.document import document
from iec102_tui.captures.export import FrameFormat, export_frames
from iec102_tui.captures.frame_text import masked
from support.captures import DIGITS, HEADER, a_line
from support.program import run

Program = Callable[..., tuple[int, str, str]]

STATUS = "10 49 58 1B BC 16"
LOGIN = "68 0D 0D 68 73 58 1B B7 01 06 01 00 00 07 00 00 00 AC 16"
IDENTITY = "68 0F 0F 68 08 01 00 47 01 05 01 00 00 24 42 C6 12 E1 02 78 16"
REFUSED = "68 15 15 68 08 01 00 7B 01 12 01 00 0B 01 01 00 00 01 03 11 00 00 20 03 11 EE 16"
LINK = ["kind", "request", "link_address", "function", "fcb"]
ASDU = [*LINK, "type", "cause", "negative", "point_address", "record", "name"]


def frame(asdu: str) -> str:
    """An answer of link address 1 around the bytes of an ASDU."""
    body = b"\x08\x01\x00" + bytes.fromhex(asdu)
    return (bytes((0x68, len(body), len(body), 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))).hex(" ")


@pytest.fixture
def decode(program: Program) -> Callable[..., list[dict[str, Any]]]:
    """The objects that the command prints."""

    def invoke(*arguments: str) -> list[dict[str, Any]]:
        status, output, errors = program("decode", *arguments)
        assert (status, errors) == (0, "")
        return [json.loads(line) for line in output.splitlines()]

    return invoke


Decode = Callable[..., list[dict[str, Any]]]


def test_a_fixed_frame_has_the_keys_of_the_link(decode: Decode) -> None:
    assert decode(STATUS, "10 7B 58 1B EE 16", "10 0B 58 1B 7E 16") == [
        {"kind": "fixed", "request": True, "link_address": 7000, "function": 9, "fcb": False},
        {"kind": "fixed", "request": True, "link_address": 7000, "function": 11, "fcb": True},
        {"kind": "fixed", "request": False, "link_address": 7000, "function": 11, "fcb": None},
    ]


def test_totals_have_their_objects_and_their_time(decode: Decode) -> None:
    (document,) = decode(frame("0B 02 05 01 00 0B 01 E8 03 00 00 00 07 00 00 00 00 80 00 81 E1 05 10"))
    assert list(document) == [*ASDU[:-1], "objects", "time", "name"]
    assert document == {
        "kind": "variable",
        "request": False,
        "link_address": 1,
        "function": 8,
        "fcb": None,
        "type": 11,
        "cause": 5,
        "negative": False,
        "point_address": 1,
        "record": 11,
        "objects": [{"address": 1, "value": 1000, "quality": 0}, {"address": 7, "value": 0, "quality": 128}],
        "time": "2016-05-01T01:00:00+02:00",
        "name": "incremental totals",
    }


def test_the_time_is_that_of_the_zone_of_the_option(decode: Decode) -> None:
    answer = frame("08 01 05 01 00 15 01 E8 03 00 00 00 00 81 E1 05 10")
    (document,) = decode("--timezone", "Atlantic/Canary", answer)
    assert document["time"] == "2016-05-01T01:00:00+01:00"
    assert document["type"] == 8


def test_a_clock_has_a_time_to_the_millisecond_and_no_objects(decode: Decode) -> None:
    (document,) = decode(frame("48 01 05 01 00 00 0A 2A 10 0B E7 02 0A"))
    assert list(document) == [*ASDU[:-1], "time", "name"]
    assert document["time"] == "2010-02-07T11:16:10.522000+01:00"


def test_no_date_is_null(decode: Decode) -> None:
    (document,) = decode(frame("0B 01 05 01 00 0B 01 E8 03 00 00 00 00 00 00 00 00"))
    assert document["time"] is None


def test_types_without_a_common_time_have_neither_time_nor_objects(decode: Decode) -> None:
    identity, refused = decode(IDENTITY, REFUSED)
    assert list(identity) == list(refused) == ASDU
    assert (identity["type"], identity["name"]) == (71, "manufacturer and device identity")
    assert (refused["type"], refused["cause"], refused["negative"], refused["record"]) == (123, 18, False, 11)


def test_a_negative_answer_says_so(decode: Decode) -> None:
    (document,) = decode(frame("B7 01 47 01 00 00 07 00 00 00"))
    assert (document["cause"], document["negative"]) == (7, True)


def test_the_key_of_a_login_is_in_no_field(decode: Decode) -> None:
    (document,) = decode(LOGIN)
    assert list(document) == ASDU
    assert 7 not in document.values()


def test_a_body_that_does_not_fit_its_type_has_no_objects(decode: Decode) -> None:
    (document,) = decode(frame("0B 02 05 01 00 0B 01 E8 03 00 00 00 00 81 E1 05 10"))
    assert list(document) == ASDU


def test_an_unknown_type_is_named_by_its_number(decode: Decode) -> None:
    (document,) = decode(frame("C7 00 05 01 00 00 01 02"))
    assert (document["type"], document["name"]) == (199, "type 199")


def test_a_frame_too_short_for_an_asdu_has_the_same_keys(decode: Decode) -> None:
    (document,) = decode(frame("A3 03"))
    assert list(document) == ASDU
    assert (document["type"], document["name"]) == (None, "too short for an ASDU")


def test_each_argument_is_a_stream_of_its_own(decode: Decode) -> None:
    first, second = STATUS[:8], STATUS[8:]
    assert [item["kind"] for item in decode(first, second)] == ["garbage", "garbage"]
    assert [item["kind"] for item in decode(f"{STATUS} {STATUS}", STATUS)] == ["fixed"] * 3


def test_garbage_has_its_bytes_and_the_reason(decode: Decode) -> None:
    garbage, good = decode(f"FF FF 01 02 {STATUS}")
    assert garbage == {"kind": "garbage", "hex": "0102", "reason": "no start character"}
    assert good["kind"] == "fixed"
    (bad,) = decode("10 49 58 1B BD 16")
    assert bad["reason"] == "bad checksum: expected BC, found BD"


def test_noise_that_looks_like_a_long_frame_hides_no_good_one(decode: Decode) -> None:
    assert [item["kind"] for item in decode(f"68 F5 F5 68 {STATUS}")] == ["garbage", "fixed"]


@pytest.mark.parametrize(
    "text", ["1049581bbc16", "0x10 0x49 0x58 0x1B 0xBC 0x16", "10:49:58:1b:bc:16", "10,49;58-1B\tBC 16"]
)
def test_bytes_may_be_written_in_any_common_way(decode: Decode, text: str) -> None:
    assert decode(text)[0]["link_address"] == 7000


def test_each_line_of_a_file_is_a_stream(decode: Decode, tmp_path: Path) -> None:
    path = tmp_path / "frames.txt"
    path.write_bytes(f"\ufeff{STATUS}\r\n\r\n{IDENTITY}\r\n{STATUS[:8]}\r\n{STATUS[8:]}".encode())
    assert [item["kind"] for item in decode("--file", str(path))] == ["fixed", "variable", "garbage", "garbage"]


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_without_frames_standard_input_is_read(
    decode: Decode, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{STATUS}\n{IDENTITY}\n".encode())))
    assert [item["kind"] for item in decode(*arguments)] == ["fixed", "variable"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("10 4G",), 'Argument 1 has "G", which is no hex digit'),
        ((STATUS, "104"), "Argument 2 has 3 hex digits"),
        (("10 \u0663\u0663",), "which is no hex digit"),
        ((STATUS, "-"), "Give frames or - for standard input, not both"),
        ((STATUS, "--file", "frames.txt"), "Give frames or --file, not both"),
        (("--file", "/no/such/file"), "/no/such/file cannot be read: No such file"),
        (("capture.jsonl",), 'Argument 1, "capture.jsonl", is no hex, and there is no such file'),
        (("--file", "/dev/zero"), "/dev/zero cannot be read: it is a pipe or a device"),
        (("--timezone", "Mars/Olympus", STATUS), "Mars/Olympus"),
    ],
)
def test_a_wrong_input_ends_with_one_sentence_and_status_2(
    program: Program, arguments: tuple[str, ...], words: str
) -> None:
    status, _, errors = program("decode", *arguments)
    assert status == 2
    assert words in errors
    assert "Traceback" not in errors


def test_bytes_that_are_no_text_are_named_by_their_line(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "capture.bin"
    path.write_bytes(STATUS.encode() + b"\n\x80\x81\n")
    status, output, errors = program("decode", "--file", str(path))
    assert (status, len(output.splitlines())) == (2, 1)
    assert errors.startswith(f"Line 2 of {path}")


# Captures


@pytest.fixture(params=list(FrameFormat))
def capture(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of each format."""
    path = tmp_path / f"frames.{request.param}"
    export_frames(path, a_line(), request.param, HEADER)
    return path


def expected() -> list[dict[str, Any]]:
    """What is said of the frames when they are decoded from their bytes, masked."""
    return [document(record, MADRID) for record in a_line()]


def test_a_capture_gives_the_same_as_its_frames(decode: Decode, capture: Path) -> None:
    found = decode("--file", str(capture))
    assert [item["kind"] for item in found] == [item["kind"] for item in expected()]
    for item, before, record in zip(found, expected(), a_line(), strict=True):
        assert item.pop("masked", False) == bool(masked(record))
        assert item == before


def test_a_capture_may_stand_where_hex_does_and_on_standard_input(
    decode: Decode, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = decode(str(capture))
    assert len(found) == len(a_line())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(capture.read_bytes())))
    assert decode("-") == found


@pytest.mark.parametrize("option", ["--tree", "--fields"])
def test_every_field_of_a_capture_is_explained_and_none_tells_the_password(
    program: Program, capture: Path, option: str
) -> None:
    status, output, errors = program("decode", str(capture), option)
    assert (status, errors) == (0, "")
    assert DIGITS not in output
    assert "1234567890" not in output
    assert "access key" in output
    assert "2026-11-22T12:30:05.287+01:00" in output  # the second frame, in the capture's zone
    assert "expected 1C, found 02" in output


def test_a_capture_that_is_cut_says_so(program: Program, capture: Path) -> None:
    capture.write_bytes(capture.read_bytes()[:-3])
    status, output, errors = program("decode", str(capture))
    assert status == 0
    assert len(output.splitlines()) == len(a_line()) - 1
    assert errors.startswith(f"{capture}: ")
    assert "cut" in errors


def test_the_tree_has_offset_bytes_name_meaning_and_unit(program: Program) -> None:
    _, output, _ = program("decode", "--tree", frame("0B 01 05 01 00 0B 01 E8 03 00 00 80 00 81 E1 05 10"))
    lines = output.splitlines()
    assert lines[0] == "rx incremental totals, record 11, 1 value at 2016-05-01 01:00"
    assert "   14  E8 03 00 00                  value: 1000 kWh" in lines
    assert "   18  80                           qualifier: invalid" in lines
    assert lines[-1] == ""


def test_the_fields_cover_each_byte_once(decode: Decode) -> None:
    def leaves(field: dict[str, Any]) -> list[dict[str, Any]]:
        inside = field.get("fields")
        return [field] if inside is None else [leaf for child in inside for leaf in leaves(child)]

    (found,) = decode("--fields", IDENTITY)
    every = [leaf for field in found["fields"] for leaf in leaves(field)]
    assert " ".join(leaf["hex"] for leaf in every) == IDENTITY
    assert {leaf["name"]: leaf["meaning"] for leaf in every}["device identifier"] == "48304838"
    assert found["captured"] is None
    assert found["direction"] == "rx"


def test_bytes_that_are_masked_in_hex_stay_masked(decode: Decode) -> None:
    (document,) = decode("68 0D 0D 68 73 58 1B B7 01 06 01 00 00 ?? ?? ?? ?? ?? 16")
    assert (document["type"], document["masked"]) == (183, True)


def test_tree_and_fields_do_not_go_together(program: Program) -> None:
    status, _, errors = program("decode", "--tree", "--fields", STATUS)
    assert status == 2
    assert "give one of them" in errors


def test_a_closed_standard_input_is_said(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    status, _, errors = program("decode")
    assert (status, errors.splitlines()) == (2, ["Standard input is closed: give frames as arguments, or --file FILE."])


def test_the_installed_command_reads_and_prints_lines() -> None:
    done = run("decode", STATUS, IDENTITY)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["kind"] for line in done.stdout.splitlines()] == ["fixed", "variable"]
