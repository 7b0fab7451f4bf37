"""What a profile says of its gateway."""

from __future__ import annotations

import ipaddress

import pytest
from iec102.errors import InvalidSetting
from iec102_tui.profiles.gateway_options import GatewayOptions


def test_without_options_it_serves_this_machine_alone_and_only_reading_passes() -> None:
    settings = GatewayOptions().settings(5)
    assert settings.listen.is_local
    assert settings.link_addresses == {5}
    assert settings.policy.admits("127.0.0.1")
    assert not settings.policy.admits("192.0.2.7")
    assert settings.policy.passes(122)
    assert not settings.policy.passes(181)


def test_networks_and_types_are_let_in_besides() -> None:
    policy = GatewayOptions("0.0.0.0:40102", "192.0.2.0/24, 198.51.100.7", "181, 185").settings(1).policy
    assert all(policy.admits(address) for address in ("127.0.0.1", "192.0.2.200", "198.51.100.7"))
    assert not policy.admits("198.51.100.8")
    assert policy.passes(181)
    assert not policy.passes(182 + 73)
    assert GatewayOptions(types="all").settings(1).policy.passes(255)


def test_who_gets_the_line_for_itself_may_connect() -> None:
    policy = GatewayOptions(lend=30, lend_to="192.0.2.7").settings(1).policy
    assert policy.admits("192.0.2.7")
    assert policy.lends_to("192.0.2.7")
    assert not policy.lends_to("127.0.0.1")


def test_further_meters_behind_the_line() -> None:
    assert GatewayOptions(addresses="2, 3").settings(1).link_addresses == {1, 2, 3}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (GatewayOptions("40102"), "is no HOST:PORT"),
        (GatewayOptions("0.0.0.0:40102"), "say which networks may connect"),
        (GatewayOptions(allow="192.0.2.0/24,"), "is no network"),
        (GatewayOptions(types="256"), "are no types of requests"),
        (GatewayOptions(types="181;185"), "are no types of requests"),
        (GatewayOptions(lend=30, lend_to="x"), "is no network"),
        (GatewayOptions(lend_to="192.0.2.7"), "how many seconds"),
        (GatewayOptions(addresses="1;2"), "are no link addresses"),
        (GatewayOptions(addresses="2, 70000"), "out of range"),
    ],
)
def test_what_is_wrong_is_said(options: GatewayOptions, words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        options.settings(1)


def test_the_networks_of_a_profile_are_those_of_the_library() -> None:
    settings = GatewayOptions(allow="2001:db8::/32").settings(1)
    assert ipaddress.ip_network("2001:db8::/32") in settings.policy.networks
