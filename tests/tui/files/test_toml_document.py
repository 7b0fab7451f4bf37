from pathlib import Path

import pytest
from iec102_tui.files import toml_document
from iec102_tui.files.toml_document import Document, parse

NAME = Path("folder/profiles.toml")


def problem(data: bytes) -> str:
    document = parse(NAME, data)
    assert document.tables == {}
    assert document.data == data
    assert document.problem
    assert document.problem.startswith("folder/profiles.toml")
    assert document.problem.endswith(".")
    assert document.problem.isprintable()
    return document.problem


def test_no_file_is_no_problem() -> None:
    assert parse(NAME, None) == Document()


def test_a_syntax_error_is_named_with_its_line() -> None:
    assert "line 3" in problem(b"a = 1\n\nb = \n")


@pytest.mark.parametrize("data", [b'p = 4242"', b"password = 4242 4242", b'password = "4242', b"password = 4242\n4242"])
def test_the_sentence_of_a_syntax_error_does_not_show_what_stands_there(data: bytes) -> None:
    assert "4242" not in problem(data)


def test_text_in_another_encoding_is_named_with_its_line() -> None:
    assert "line 2" in problem(b'a = 1\nb = "Espa\xf1a"\n')


@pytest.mark.parametrize("data", [b"\0", b"\xff\xfea\0", b"a = " + b"[" * 100_000, b"a=1\n" * 2, b"\x1b[31m = 1"])
def test_whatever_stands_in_a_file_it_is_one_sentence(data: bytes) -> None:
    problem(data)


def test_the_mark_and_the_line_ends_of_other_systems_are_read() -> None:
    assert parse(NAME, b"\xef\xbb\xbfa = 1\r\nb = 2\r\n").tables == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "text",
    [
        "# all",
        "a = 1 # one",
        'a = "x" # y',
        "a = 'x' # y",
        'a = """x"""" # y',
        "a = '''x'''' # y",
        'a = "\\"" # y',
        'a = """\n#\n""" # y',
    ],
)
def test_comments_are_seen(text: str) -> None:
    assert parse(NAME, text.encode()).has_comments


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a = 1",
        'a = "#"',
        "a = '#'",
        'a = "\\"#"',
        "'#' = 1",
        '"#" = 1',
        'a = """\n"#\n"""',
        "a = '''\n'#\n'''",
        'a = """\\"""#"""',
        'a = """x#""""',
    ],
)
def test_what_is_no_comment_is_none(text: str) -> None:
    document = parse(NAME, text.encode())
    assert document.problem is None
    assert not document.has_comments


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path) -> None:
    document = toml_document.read(tmp_path)
    assert document.problem == f"{tmp_path} cannot be read: is a directory."


def test_a_file_of_which_the_name_could_change_the_terminal_is_named_harmlessly(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\n.toml"
    path.write_bytes(b"=")
    problem = toml_document.read(path).problem
    assert problem
    assert problem.isprintable()


def test_a_number_with_leading_zeros_is_named_by_its_key() -> None:
    document = parse(NAME, b'[profiles.north]\ntarget = "simulated:"\nlink_address = 012345 # of the label\n')
    assert document.problem == f"{NAME}, line 3: write link_address without leading zeros."
    assert "4242" not in problem(b"password = 004242\n")


@pytest.mark.parametrize("digits", [5_000, 100_000])
def test_a_number_that_is_too_long_spoils_its_own_key(digits: int) -> None:
    north = f"[profiles.north]\nlink_address = {'9' * digits}\nlist = [1, {'1' * digits} ]\n"
    text = f"{north}[profiles.south]\ntarget = 'x'\n"
    document = parse(NAME, text.encode())
    assert document.problem is None
    assert document.tables["profiles"]["south"] == {"target": "x"}
    assert "digits" in document.tables["profiles"]["north"]["link_address"]
