"""`iec102-tui find`: speed, format and link address of a meter."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from typing import Any

import click
from iec102.addresses import guess_of, parse_addresses
from iec102.errors import InvalidSetting, LineError
from iec102.finding import Found, Progress, Search
from iec102.finding_plan import WAIT, plan
from iec102.settings import LineSettings
from iec102.target import parse_target

from iec102_tui.cli.options import Setting, resolved, store
from iec102_tui.cli.run import DONE, FAILED, located, run_async, sentence
from iec102_tui.connection import is_url
from iec102_tui.diagnostics import frame_tap
from iec102_tui.download_text import duration_words
from iec102_tui.profile import Profile
from iec102_tui.serial_ports import SerialPort, serial_ports

_COMMON_ADDRESS = 1


@click.command()
@click.argument("target", required=False)
@click.option("--meter-id", metavar="ID", help="Its last digits are tried as link address.")
@click.option("--addresses", metavar="LIST", help="Link addresses to try, such as 1,5,100-200.")
@click.option("--wait", type=Setting("timeout"), metavar="MS", default=WAIT, show_default=True, help="First round.")
@click.option("--timeout", type=Setting("timeout"), metavar="MS", default=3000, show_default=True, help="Second round.")
@click.option("--save", metavar="NAME", help="Save what is found as a profile.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def find(
    context: click.Context,
    /,
    target: str | None,
    meter_id: str | None,
    addresses: str | None,
    wait: int,
    timeout: int,
    save: str | None,
    as_json: bool,
) -> int:
    """Find a meter's speed, format and link address on TARGET, or on all serial ports.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, simulated:

    Asks for link status alone, which changes nothing in a meter and needs no password. Ctrl+C stops it.
    """
    known = None if target is None or is_url(target) else resolved(context, target, {})
    first = replace(LineSettings() if known is None else known.settings, timeout=timeout)
    candidates = _candidates(meter_id, addresses, () if known is None else (known.station.link_address,))
    targets = [known.target if known else str(target)] if target else [f"serial:{port.path}" for port in _ports()]
    found: list[tuple[str, Found]] = []
    heard: list[dict[str, Any]] = []
    failures: list[str] = []
    for place in targets:
        parsed = parse_target(place)
        wanted = plan(candidates, has_format=parsed.has_format, first=first, wait=wait)
        search = Search(parsed.opener, wanted, on_progress=_show if _on_terminal() else _hide, tap=frame_tap())
        longest = duration_words(sum(wanted.seconds(round_) for round_ in wanted.waits))
        _say(f"{place}: {len(wanted.settings)} settings, {len(wanted.addresses)} addresses, {longest} at most.")
        try:
            run_async(search.run(), place)
        except LineError as error:
            if target is not None:
                raise
            failures.append(located(error, place))
        finally:
            _clear()
        found += [(place, each) for each in search.found]
        heard += [_heard(place, each.settings, each.hearing.words, each.hearing.hex) for each in search.heard]
        if not search.found:
            failures.append(located(search.nothing_found(), place))
    if as_json:
        click.echo(json.dumps({"found": [_document(*each) for each in found], "heard": heard}))
    else:
        for place, each in found:
            click.echo(_words(place, each))
    if not found:
        for failure in failures:
            click.echo(sentence(failure), err=True)
        return FAILED
    if save is not None:
        _save(context, save, *found[0])
    return DONE


def _candidates(meter_id: str | None, addresses: str | None, known: tuple[int, ...]) -> tuple[int, ...]:
    """What the user knows first, then the usual one."""
    given = parse_addresses(addresses) if addresses else ()
    guessed = (guess_of(meter_id),) if meter_id else ()
    return (*guessed, *given, *known, *(() if addresses else (_COMMON_ADDRESS,)))


def _ports() -> list[SerialPort]:
    ports = serial_ports()
    if not ports:
        raise InvalidSetting("this machine shows no serial port: check the cable of the adapter, or give a TARGET")
    for port in ports:
        _say(f"Port {port.label}")
    return ports


def _words(place: str, found: Found) -> str:
    settings = f" at {found.settings.baudrate}-{found.settings.format}" if parse_target(place).has_format else ""
    return f"{place}: link address {found.address}{settings}, answered in {found.seconds * 1000:.0f} ms"


def _document(place: str, found: Found) -> dict[str, Any]:
    return {
        "target": place,
        "link_address": found.address,
        "baudrate": found.settings.baudrate,
        "format": found.settings.format,
        "seconds": round(found.seconds, 3),
    }


def _heard(place: str, settings: LineSettings, words: str, hexadecimal: str) -> dict[str, Any]:
    return {
        "target": place,
        "baudrate": settings.baudrate,
        "format": settings.format,
        "words": words,
        "hex": hexadecimal,
    }


def _save(context: click.Context, name: str, place: str, found: Found) -> None:
    settings = found.settings if parse_target(place).has_format else LineSettings()
    profile = Profile(target=place, baudrate=settings.baudrate, format=settings.format, link_address=found.address)
    profiles = store(context)
    profiles.load()
    saved = profiles.save(name, profile, new=True)
    _say(f"Saved as {saved.name}.")


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _say(text: str) -> None:
    click.echo(text, err=True)


def _show(progress: Progress) -> None:
    """On one line of the terminal, again and again."""
    columns = shutil.get_terminal_size().columns - 1
    text = (
        f"round {progress.round}, {progress.number} of {progress.tries}: {progress.settings.baudrate}-"
        f"{progress.settings.format}, link address {progress.address}, {duration_words(progress.left)} left"
    )
    click.echo(f"\r{text[:columns]:{columns}}", nl=False, err=True)


def _hide(_progress: Progress) -> None:
    """Not on a terminal."""


def _clear() -> None:
    if _on_terminal():
        click.echo(f"\r{'':{shutil.get_terminal_size().columns - 1}}\r", nl=False, err=True)
