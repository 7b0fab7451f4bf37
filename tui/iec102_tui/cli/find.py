"""`iec102-tui find`: a meter's speed, format and link address."""

from __future__ import annotations

import dataclasses
import functools
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click
from iec102.errors import ConnectFailed, InvalidSetting, LineError
from iec102.search.addresses import guess_of, parse_addresses
from iec102.search.plan import WAIT
from iec102.search.search import Found
from iec102.sentence import Sentence
from iec102.settings import LineSettings

from iec102_tui.cli.notices import StepNotices
from iec102_tui.cli.options import Setting, json_option, password_of, store, target_options
from iec102_tui.cli.run import Terminated, located, run_async, sentence
from iec102_tui.diagnostics import frame_tap
from iec102_tui.meter_side.search import LineSearch, MultiSearch, SearchCriteria, unique_ports
from iec102_tui.profiles.connection import resolve
from iec102_tui.profiles.serial_ports import serial_ports
from iec102_tui.profiles.settings_table import Profile
from iec102_tui.profiles.store import NotSaved, ProfileStore, check_name
from iec102_tui.words.find_text import found_words, plan_words, progress_words
from iec102_tui.words.plain_text import printable, quoted
from iec102_tui.words.text import _, spoken

_DEFAULT_ADDRESS = 1
# What a search goes by, of what may be known of a meter. All of it goes into the profile that is saved.
_OF_THE_LINE = ("timeout", "retries", "delay", "settle")


class _Text(click.ParamType[Any]):
    """What a function of the library makes of a text."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._read(value) if isinstance(value, str) else value
        except InvalidSetting as error:
            self.fail(spoken(error), param, ctx)


@click.command()
@click.option("--meter-id", type=_Text("id", guess_of), metavar="ID", help="Its last digits are the likely address.")
@click.option(
    "--addresses", type=_Text("addresses", parse_addresses), metavar="LIST", help="More to try, such as 1,5,100-200."
)
@click.option("--baudrate", "baudrates", type=Setting("baudrate"), multiple=True, metavar="N", help="Only this speed.")
@click.option(
    "--format", "formats", type=Setting("format", str.upper), multiple=True, metavar="FORMAT", help="Only this format."
)
@click.option(
    "--wait", type=Setting("timeout"), default=WAIT, metavar="MS", help=f"For an answer in the first round ({WAIT})."
)
@click.option("--save", "name", metavar="NAME", help="Save what is found as a profile, with what is given here.")
@json_option
@functools.partial(target_options, required=False, without=("baudrate", "format"))
@click.pass_context
def find(
    context: click.Context,
    /,
    target: str | None,
    meter_id: int | None,
    addresses: tuple[int, ...] | None,
    baudrates: tuple[int, ...],
    formats: tuple[str, ...],
    wait: int,
    name: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Find the speed, the format and the link address of the meters on TARGET.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated: ; without it all serial ports are searched.
    Only the link status is asked for, which changes nothing in a meter and needs no password. The timeout is that of
    the second round.
    """
    profiles = store(context)
    given = {key: value for key, value in options.items() if value is not None}
    if "password" in given:
        given["password"] = password_of(given["password"])
    known: list[int] = [] if meter_id is None else [meter_id]
    if target is not None:
        connection = resolve(target, given, profiles)
        known.append(connection.station.link_address)
        first = connection.settings
        targets = [connection.target]
    else:
        known += [given["link_address"]] if "link_address" in given else []
        first = LineSettings(**{key: given[key] for key in _OF_THE_LINE if key in given})
        targets = _ports()
    criteria = SearchCriteria((*known, _DEFAULT_ADDRESS, *(addresses or ())), first, baudrates, formats, wait)
    saving = None if name is None else _Saving(profiles, name, target, given)
    output = _Output(as_json=as_json, saving=saving)
    multi_search = MultiSearch(
        targets, criteria, on_found=output.found, on_progress=output.progress, on_step=output.step, tap=frame_tap()
    )
    output.plan(multi_search)
    try:
        run_async(multi_search.run(), targets[0] if len(targets) == 1 else "")
    except (KeyboardInterrupt, Terminated, LineError):
        output.broken_off(multi_search)
        raise
    finally:
        output.ended(multi_search)


def _ports() -> list[str]:
    ports = unique_ports(serial_ports())
    if not ports:
        raise ConnectFailed(_("this machine shows no serial port: check the adapter and its driver, or name a target"))
    click.echo("\n".join((_("Serial ports:"), *(f"  {port.label}" for port in ports))), err=True)
    return [f"serial:{port.path}" for port in ports]


class _Saving:
    """The first meter that is found becomes a profile; one that exists already only where it is the target."""

    def __init__(self, profiles: ProfileStore, name: str, target: str | None, given: Mapping[str, Any]) -> None:
        self._profiles = profiles
        self._name = name
        self._given = given
        self._old = profiles.find(name) if name == target else None
        self._done = False
        check_name(name)
        if self._old is None and name in profiles.load().names:
            raise NotSaved(_("There is a profile {name} already: give another name.", name=quoted(name)))

    def save(self, place: LineSearch, found: Found) -> str:
        """What was done, in a sentence; empty where nothing was."""
        if self._done:
            return ""
        self._done = True
        values: dict[str, Any] = {**self._given, "link_address": found.address}
        if place.has_format:
            values |= {"baudrate": found.settings.baudrate, "format": found.settings.format}
        old = self._old or Profile(target=place.target)
        saved = self._profiles.save(self._name, dataclasses.replace(old, **values), new=self._old is None)
        done = _("Saved as {name} in {path}.", name=quoted(saved.name), path=printable(str(self._profiles.path)))
        return " ".join(filter(None, (done, saved.notice)))


class _Output:
    """Meters to standard output when they are found, how far it is to standard error."""

    def __init__(self, *, as_json: bool, saving: _Saving | None) -> None:
        self._as_json = as_json
        self._saving = saving
        self._on_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._line_is_open = False

    def plan(self, multi_search: MultiSearch) -> None:
        click.echo(plan_words(multi_search.plan), err=True)

    def progress(self, multi_search: MultiSearch) -> None:
        """On one line of the terminal, again and again."""
        if self._on_terminal:
            columns = shutil.get_terminal_size().columns - 1
            click.echo(f"\r{printable(progress_words(multi_search.tried))[:columns]:{columns}}", nl=False, err=True)
            self._line_is_open = True

    def step(self, place: LineSearch, step: Sentence) -> None:
        """What is done that takes its time, such as a call."""
        self._end_line()
        StepNotices(place.name).step(step)

    def found(self, place: LineSearch, found: Found) -> None:
        self._end_line()
        if not self._as_json:
            click.echo(printable(found_words(place, found)))
        if self._saving is not None and (said := self._saving.save(place, found)):
            click.echo(said, err=True)

    def broken_off(self, multi_search: MultiSearch) -> None:
        """What else has answered until then: a search that ends by itself says so in its error."""
        self._end_line()
        if self._as_json or multi_search.found:
            return
        for place in multi_search.places:
            if place.search.heard:
                click.echo(sentence(located(place.search.nothing_found(), place.name)), err=True)

    def ended(self, multi_search: MultiSearch) -> None:
        self._end_line()
        if self._as_json:
            click.echo(json.dumps(_document(multi_search)))
        for place in multi_search.places:
            if place.search.found and place.search.remark:
                click.echo(sentence(located(place.search.remark, place.name)), err=True)
        if len(multi_search.places) > 1:
            for place in multi_search.places:
                if place.error is not None:
                    click.echo(sentence(located(place.error, place.name)), err=True)

    def _end_line(self) -> None:
        if self._line_is_open:
            self._line_is_open = False
            click.echo(err=True)


def _document(multi_search: MultiSearch) -> dict[str, Any]:
    return {
        "found": [
            {
                **_where(place, found.settings),
                "link_address": found.address,
                "seconds": round(found.seconds, 3),
            }
            for place, found in multi_search.found
        ],
        "heard": [
            {
                **_where(place, heard.settings),
                "kind": heard.diagnosis.kind,
                "words": heard.diagnosis.words,
                "hex": heard.diagnosis.data.hex(),
            }
            for place, heard in multi_search.heard
        ],
        "errors": [
            {"target": place.target, "error": str(place.error)}
            for place in multi_search.places
            if place.error is not None
        ],
    }


def _where(place: LineSearch, settings: LineSettings) -> dict[str, Any]:
    """Speed and format are null where the other side sets them."""
    return {
        "target": place.target,
        "baudrate": settings.baudrate if place.has_format else None,
        "format": settings.format if place.has_format else None,
    }
