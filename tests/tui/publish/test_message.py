"""Topics: what a name becomes, and what cannot be told apart."""

import pytest
from iec102.errors import InvalidSetting
from iec102_tui.publish.message import Site, check_distinct, cleaned


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("north", "north"),
        ("Norte 2/b", "Norte_2_b"),
        ("a+b#c", "a_b_c"),
        ("señal", "se_al"),
        ("x\x1b[2J", "x__2J"),
        ("-_-1", "-_-1"),
    ],
)
def test_a_name_becomes_one_level_of_a_topic(name: str, clean: str) -> None:
    assert cleaned(name) == clean


@pytest.mark.parametrize("name", ["", "///", "___", "ñ"])
def test_a_name_without_letters_is_refused(name: str) -> None:
    with pytest.raises(InvalidSetting, match="cannot be part of a topic"):
        cleaned(name)


def test_a_target_is_published_without_its_query() -> None:
    topics = Site("iec102", "box").meter("tcp://192.0.2.1:4001?password=4242&dial=600123456")
    assert topics.of("live") == "iec102/box/tcp___192_0_2_1_4001/live"


def test_meters_of_one_topic_are_refused() -> None:
    check_distinct(["north", "south", "north"])
    with pytest.raises(InvalidSetting, match="a b and a_b would have the same topic, a_b"):
        check_distinct(["a b", "south", "a_b"])
