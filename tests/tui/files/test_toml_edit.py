"""Files of users with other values in them: what is not touched stays as it was written."""

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iec102_tui.files.toml_edit import edited, removed, renamed

TEXT = """# my meters
[profiles.north]   # the first
target = "tcp://a:1"   # moxa
timeout = 3000         # slow
extra = { x = 1 }

# the second
[profiles."south 2"]
target = 'serial:/dev/ttyUSB0'
[profiles."south 2".limits]
"vi.voltage_l1" = [207, 253]  # volts

[other]
a = 1
"""


def tables() -> dict[str, Any]:
    return tomllib.loads(TEXT)


def test_a_value_changes_where_it_stands() -> None:
    wanted = tables()
    wanted["profiles"]["north"]["timeout"] = 500
    assert edited(TEXT.encode(), wanted) == TEXT.replace("3000 ", "500 ").encode()


def test_a_new_key_stands_before_the_comment_of_the_next_table() -> None:
    wanted = tables()
    wanted["profiles"]["north"]["delay"] = 5
    assert edited(TEXT.encode(), wanted) == TEXT.replace("{ x = 1 }\n", "{ x = 1 }\ndelay = 5\n").encode()


def test_a_new_table_and_a_key_less_leave_the_rest() -> None:
    wanted = tables()
    wanted["profiles"]["east"] = {"target": "simulated:"}
    del wanted["profiles"]["north"]["extra"]
    text = edited(TEXT.encode(), wanted)
    assert text is not None
    assert tomllib.loads(text.decode()) == wanted
    for comment in ("# my meters", "# the first", "# moxa", "# the second", "# volts"):
        assert comment in text.decode()


def test_a_table_gets_another_name_with_all_below_it() -> None:
    wanted = tables()
    wanted["profiles"] = {("west" if key == "south 2" else key): table for key, table in wanted["profiles"].items()}
    text = renamed(TEXT.encode(), "profiles", "south 2", "west", wanted)
    assert text == TEXT.replace('profiles."south 2"', "profiles.west").encode()


def test_a_table_goes_with_all_below_it_and_the_comments_between_tables_stay() -> None:
    wanted = tables()
    del wanted["profiles"]["south 2"]
    text = removed(TEXT.encode(), "profiles", "south 2", wanted)
    assert text is not None
    start, end = TEXT.index('[profiles."south 2"]'), TEXT.index("[other]")
    assert text.decode() == TEXT[:start] + TEXT[end:]


@pytest.mark.parametrize(
    "text",
    [
        'profiles = { north = { target = "x" } }\n',
        'profiles.north.target = "x"\n',
        'a = """\n[profiles.north]\n"""\n[profiles.north]\ntarget = "x"\n',
    ],
)
def test_what_cannot_be_done_in_the_text_is_not_done_wrongly(text: str) -> None:
    wanted = tomllib.loads(text)
    wanted["profiles"]["west"] = wanted["profiles"].pop("north")
    for result in (renamed(text.encode(), "profiles", "north", "west", wanted), edited(text.encode(), wanted)):
        assert result is None or tomllib.loads(result.decode()) == wanted


_names = st.text("ab \"'.#é[]\\", min_size=1, max_size=4)
_values = (
    st.booleans() | st.integers(0, 9) | st.floats(0, 9) | st.text('ab#["\n', max_size=4) | st.lists(st.integers(0, 9))
)
_tables = st.dictionaries(_names, _values | st.dictionaries(_names, _values, max_size=3), max_size=4)


@given(_tables, _tables)
def test_what_is_given_back_means_exactly_what_was_asked_for(old: dict[str, Any], new: dict[str, Any]) -> None:
    import tomli_w

    data = ("# a comment\n" + tomli_w.dumps({"profiles": old})).encode()
    result = edited(data, {"profiles": copy.deepcopy(new)})
    assert result is None or tomllib.loads(result.decode()) == {"profiles": new}
