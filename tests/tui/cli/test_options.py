"""The options of a meter are the same in every command that talks to one."""

from __future__ import annotations

from importlib import import_module

import click
import pytest
from support.program import gateway_process, run, simulated_meter

OPTIONS = (
    ("--link-address", "1"),
    ("--point-address", "1"),
    ("--password", "1"),
    ("--baudrate", "9600"),
    ("--format", "8N1"),
    ("--timeout", "3000"),
    ("--retries", "3"),
    ("--delay", "0"),
    ("--timezone", "Europe/Madrid"),
)


@pytest.mark.parametrize("name", ["read", "load_profile", "check", "find", "gateway"])
def test_every_command_that_talks_to_a_meter_takes_them(name: str) -> None:
    command: click.Command = getattr(import_module(f"iec102_tui.cli.{name}"), name)
    known = {option for parameter in command.params for option in parameter.opts}
    assert {option for option, _ in OPTIONS} < known


def test_a_gateway_takes_them_although_each_application_has_a_password_of_its_own() -> None:
    given = [word for option in OPTIONS for word in option]
    with simulated_meter() as meter, gateway_process(meter, *given) as (url, _process):
        assert run("read", url).returncode == 0
