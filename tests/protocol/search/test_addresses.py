"""Link addresses as people give them."""

import pytest
from iec102.errors import InvalidSetting
from iec102.search.addresses import guess_of, link_address_of, parse_addresses


@pytest.mark.parametrize(
    ("meter_id", "address"),
    [("12345", 12345), ("00000", 0), ("65535", 65535), ("ZIV 0012300007", 7), ("86114012 ", 14012)],
)
def test_the_last_five_digits_of_the_meter_id_are_the_link_address(meter_id: str, address: int) -> None:
    assert link_address_of(meter_id) == address


@pytest.mark.parametrize("meter_id", ["65536", "1299999", "1234", "", "12345A", "\u0661\u0662\u0663\u0664\u0665"])
def test_a_meter_id_that_gives_no_link_address_leads_to_the_display(meter_id: str) -> None:
    with pytest.raises(InvalidSetting, match=r"L46 Identifiers, 0\.00\.5"):
        link_address_of(meter_id)


@pytest.mark.parametrize(
    ("meter_id", "address"),
    [("12345", 12345), ("86114012 ", 14012), ("1299999", 9999), ("ZIV 0070000", 0), ("1234", 1234), ("A7", 7)],
)
def test_the_most_likely_address_is_the_longest_end_of_the_meter_id_that_is_one(meter_id: str, address: int) -> None:
    assert guess_of(meter_id) == address


@pytest.mark.parametrize("meter_id", ["", "meter", "12345A", "\u0661", "7\x1b[2J"])
def test_a_meter_id_without_digits_at_its_end_gives_no_guess(meter_id: str) -> None:
    with pytest.raises(InvalidSetting, match=r"L46 Identifiers, 0\.00\.5") as raised:
        guess_of(meter_id)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("1", (1,)),
        ("1,5,100-103", (1, 5, 100, 101, 102, 103)),
        (" 7 - 9 , 3 ", (7, 8, 9, 3)),
        ("5,1-6,5", (5, 1, 2, 3, 4, 6)),
        ("0,65535", (0, 65535)),
        ("4-4", (4,)),
    ],
)
def test_a_list_of_addresses_and_ranges_keeps_its_order_and_names_each_once(
    text: str, addresses: tuple[int, ...]
) -> None:
    assert parse_addresses(text) == addresses


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1,5,100-200"),
        ("1,,2", "no link address"),
        ("one", '"one"'),
        ("1-2-3", '"1-2-3"'),
        ("-5", '"-5"'),
        ("5-", '"5-"'),
        ("\u0661", "no link address"),
        ("65536", "0 to 65535"),
        ("1-70000", "0 to 65535"),
        ("9-7", "lower one first"),
        ("9999999999", "no link address"),
        ("1\x1b[2J", "x1b"),
    ],
)
def test_what_is_no_list_of_addresses_is_told(text: str, says: str) -> None:
    with pytest.raises(InvalidSetting) as raised:
        parse_addresses(text)
    assert says in str(raised.value)
    assert str(raised.value).isprintable()
