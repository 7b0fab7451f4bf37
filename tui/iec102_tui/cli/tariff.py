"""`iec102-tui tariff`: what a meter's contracts say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import click
from iec102.asdu.names import CONTRACT_NAMES
from iec102.meter.absence import Absence, KeptBytes
from iec102.meter.device import CONTRACTS
from iec102.meter.information import InformationReader
from iec102.meter.tariffs import HolidayCalendar, PowersByPeriod, TariffTables

from iec102_tui.cli.information import (
    ALL,
    NothingTold,
    contract_option,
    from_meter,
    heading,
    put_out,
    report,
    wanted_contracts,
)
from iec102_tui.cli.options import connection, json_option, target_options
from iec102_tui.cli.run import check_output
from iec102_tui.meter_data import documents
from iec102_tui.words import meter_text
from iec102_tui.words.text import _


class _Contract(NamedTuple):
    """What the meter says of one contract; what it does not is an Absence or its bytes."""

    powers: PowersByPeriod | Absence | KeptBytes
    latent_powers: PowersByPeriod | Absence | KeptBytes | None
    holidays: HolidayCalendar | Absence | KeptBytes
    tables: TariffTables

    @property
    def is_told(self) -> bool:
        """The meter has given something of it."""
        tables = self.tables
        found = tables.seasons, tables.current_period, tables.latent_from
        return any(isinstance(each, PowersByPeriod | HolidayCalendar) for each in self) or any(
            each is not None for each in found
        )

    @property
    def absences(self) -> list[Absence]:
        return [each for each in self if isinstance(each, Absence)] + list(self.tables.absences)

    @property
    def kept(self) -> list[KeptBytes]:
        return [each for each in self if isinstance(each, KeptBytes)] + list(self.tables.kept)


@click.command()
@target_options
@contract_option
@json_option
@click.pass_context
def tariff(context: click.Context, /, target: str, contract: str | None, as_json: bool, **options: Any) -> None:
    """Print the tariff of TARGET: contracted powers, seasons, day types, holidays, and the period that holds now.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    All contracts, unless one is named.
    """
    check_output()
    chosen = connection(context, target, options)

    async def ask(reader: InformationReader) -> dict[int, _Contract]:
        return {number: await _read(reader, number) for number in await wanted_contracts(reader, contract or ALL)}

    found = from_meter(chosen, ask)
    absences = [absence for each in found.values() for absence in each.absences]
    kept = [each for told in found.values() for each in told.kept]
    if not kept and absences and not any(each.is_told for each in found.values()):
        raise NothingTold(absences[0], chosen.name)
    document = {**heading(chosen), "contracts": [_document(number, each) for number, each in found.items()]}
    document |= documents.not_told(absences, kept)
    text = "\n\n".join("\n".join(_lines(number, each)) for number, each in found.items())
    put_out(document, text, None, as_json=as_json, path=None, force=False)
    report((absence for absence in absences if not absence.object), kept, chosen.name)


async def _read(reader: InformationReader, number: int) -> _Contract:
    assert number in CONTRACTS
    powers, holidays = await reader.read_contracted_powers(number), await reader.read_holidays(number)
    tables = await reader.read_tariff_tables(number)
    latent = None if tables.latent_from is None else await reader.read_contracted_powers(number, latent=True)
    return _Contract(powers, latent, holidays, tables)


def _document(number: int, told: _Contract) -> documents.Document:
    tables = told.tables
    return {
        "contract": CONTRACT_NAMES[number],
        "contracted_powers": _powers(told.powers),
        "latent_from": documents.moment(tables.latent_from),
        "latent_powers": _powers(told.latent_powers),
        "current_period": tables.current_period,
        "current_time": documents.moment(tables.current_time),
        "seasons": None if tables.seasons is None else documents.seasons(tables.seasons),
        "holidays": documents.holidays(told.holidays) if isinstance(told.holidays, HolidayCalendar) else None,
    }


def _powers(answer: object) -> documents.Document | None:
    return documents.powers(answer) if isinstance(answer, PowersByPeriod) else None


def _lines(number: int, told: _Contract) -> Iterator[str]:
    """Only what the meter gave."""
    tables = told.tables
    yield _("Contract {contract}", contract=CONTRACT_NAMES[number])
    if tables.current_period is not None:
        now = _(
            "{period} at {time}", period=f"P{tables.current_period}", time=meter_text.moment_words(tables.current_time)
        )
        yield from meter_text.lines_of([(_("Period now"), now)])
    if isinstance(told.powers, PowersByPeriod):
        yield "  " + _("Contracted power")
        yield from meter_text.lines_of(meter_text.power_rows(told.powers))
    if isinstance(told.latent_powers, PowersByPeriod):
        yield "  " + _("Contracted power to come")
        yield from meter_text.lines_of(meter_text.power_rows(told.latent_powers))
    if tables.seasons is not None:
        yield from meter_text.season_lines(tables.seasons)
    if isinstance(told.holidays, HolidayCalendar):
        yield from meter_text.lines_of([(_("Holidays"), meter_text.holiday_words(told.holidays))])
