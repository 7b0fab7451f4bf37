"""Closings, contracted powers, holidays and tariff extension."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from iec102.asdu import (
    Asdu,
    ContractedPowers,
    CurrentPeriods,
    Holidays,
    LatentActivation,
    Raw,
    Season,
    Seasons,
    TariffExtension,
    TariffInformation,
    TariffPeriod,
    TimeTagA,
    decode_asdu,
)
from iec102.asdu.tariff import Energy, Reserve

# A stored closing of a real meter, the totals of December 2008.
CLOSING = (
    "88 01 05 01 00 88 14 61 71 00 00 E4 25 00 00 00 0B 47 00 00 88 09 00 00 00 00 00 00 00 00 00 00 00 00"
    "00 00 00 00 00 00 00 00 00 00 54 00 00 00 00 0E BA 0C 08 00 00 00 00 00 80 00 00 21 0C 08 00 00 81 01 09"
)


def tag(text: str) -> TimeTagA:
    return TimeTagA.from_bytes(bytes.fromhex(text))


def test_the_closing_of_a_real_meter() -> None:
    asdu = decode_asdu(bytes.fromhex(CLOSING))
    assert asdu is not None
    assert asdu.encode() == bytes.fromhex(CLOSING)
    assert isinstance(asdu.content, TariffInformation)
    (period,) = asdu.content.periods
    assert period.address == 20
    assert period.active == Energy(29_025, 9_700)
    assert period.inductive == Energy(18_187, 2_440)
    assert (period.maximum, str(period.maximum_time.local())) == (84, "2008-12-26 14:00:00+01:00")
    assert (period.excess, period.excess_quality) == (0, 0x80)
    assert str(period.start.local()) == "2008-12-01 00:00:00+01:00"
    assert str(period.end.local()) == "2009-01-01 00:00:00+01:00"


def test_the_january_of_a_spanish_tariff() -> None:
    """Nibbles as a real meter sends them: the period 6 until 8, 2, then 1 from 10 to 13 and from 18 to 21."""
    day = bytes.fromhex("66 66 66 66 22 11 21 22 22 11 21 22")
    since, start = "00 00 01 01 08", "00 00 01 01 63"
    body = bytes.fromhex(f"C1 01 02 01 {start} 21 01") + day + bytes.fromhex(since)
    asdu = decode_asdu(bytes.fromhex("97 01 05 01 00 86") + body)
    assert asdu is not None
    assert isinstance(asdu.content, TariffExtension)
    hours = (6,) * 8 + (2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2)
    assert asdu.content.objects == (Seasons(1, 2, (Season(tag(start), 1, 2),), (hours,), tag(since)),)


def test_an_object_without_a_known_layout_keeps_all_bytes() -> None:
    body = bytes.fromhex("C0 01 02 03")
    asdu = decode_asdu(bytes.fromhex("97 01 05 01 00 86") + body)
    assert asdu is not None
    assert asdu.content == Raw(body)


tags = st.integers(0, 2**40 - 1).map(TimeTagA)
bytes_, words = st.integers(0, 255), st.integers(0, 2**32 - 1)
nibbles = st.integers(0, 15)
energies = st.builds(Energy, words, words, bytes_)
reserves = st.builds(Reserve, words, bytes_)
periods = st.builds(
    TariffPeriod,
    bytes_,
    energies,
    energies,
    energies,
    st.tuples(reserves, reserves),
    words,
    tags,
    bytes_,
    words,
    bytes_,
    tags,
    tags,
)
seasons = st.builds(
    Seasons,
    bytes_,
    bytes_,
    st.lists(st.builds(Season, tags, nibbles, nibbles), max_size=6).map(tuple),
    st.lists(st.tuples(*[nibbles] * 24), max_size=5).map(tuple),
    tags,
)
latent = st.builds(LatentActivation, tags)
current = st.builds(CurrentPeriods, st.tuples(bytes_, bytes_, bytes_), tags)
contents = st.one_of(
    st.tuples(st.sampled_from([135, 136]), st.lists(periods, max_size=3).map(tuple).map(TariffInformation)),
    st.tuples(
        st.just(145), st.builds(ContractedPowers, st.lists(st.tuples(bytes_, words), max_size=10).map(tuple), tags)
    ),
    st.tuples(st.just(148), st.lists(tags, max_size=30).map(tuple).map(Holidays)),
    st.tuples(st.just(151), st.lists(seasons | latent | current, max_size=2).map(tuple).map(TariffExtension)),
)


@given(contents)
def test_every_content_both_ways(
    content: tuple[int, TariffInformation | ContractedPowers | Holidays | TariffExtension],
) -> None:
    asdu = Asdu(content[0], 5, record=134, content=content[1])
    data = asdu.encode()
    assert decode_asdu(data) == asdu
