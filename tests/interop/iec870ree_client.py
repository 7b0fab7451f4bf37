"""Drives iec870ree, a client that nobody here wrote, and prints what it decoded as one JSON document.

Run by an interpreter that has iec870ree 0.14.1 (a virtual environment of its own), never imported by the tests:

    python -I iec870ree_client.py session HOST PORT LINK_ADDRESS POINT_ADDRESS KEY [READING ...]
    python -I iec870ree_client.py timed ... the same, but prints the seconds that each reading took
    python -I iec870ree_client.py knowledge HOST PORT LINK_ADDRESS POINT_ADDRESS KEY FROM TO
    python -I iec870ree_client.py modem PORT NUMBER LINK_ADDRESS POINT_ADDRESS KEY [READING ...] dials first
    python -I iec870ree_client.py decode < one frame in hex a line

A READING is METHOD,REGISTER,FROM,TO or METHOD,REGISTER,FROM,TO,OBJECT: METHOD is absolute, incremental or blocks,
REGISTER the client's own word (profiles, quarter_hour, daily_billings), FROM and TO are local times without an offset,
OBJECT is the client's number of a block layout (0 eight channels, 1 six, 2 three). Times come out as ISO 8601 in UTC.
"""

import json
import socket
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from iec870ree import modem
from iec870ree.app_asdu import TIMEZONE
from iec870ree.ip import Ip
from iec870ree.protocol import EVENT_ADDRESS_REGISTERS, AppLayer, LinkLayer, parse_asdu


class Answering(LinkLayer):
    """The link layer with its one-minute wait for a byte cut to something a test can bear."""

    def get_frame(self, timeout: float = 10.0) -> Any:
        return super().get_frame(timeout)


def utc(tag: Any) -> str:
    when: datetime = tag if isinstance(tag, datetime) else tag.datetime
    return when.astimezone(UTC).isoformat()


def totals(content: Any) -> list[dict[str, Any]]:
    """Types 8, 11 and 140: the client repeats the time with each value; a block read gives several times a frame."""
    records: list[dict[str, Any]] = []
    for value in content.valores:
        time = utc(value.datetime)
        if not records or records[-1]["time"] != time:
            records.append({"time": time, "totals": []})
        records[-1]["totals"].append([value.address, value.total, value.quality])
    return records


def energies(content: Any) -> dict[str, Any]:
    *fields, time = content.valores
    return {"values": fields[0::2], "valid": fields[1::2], "time": utc(time)}


def powers(content: Any) -> dict[str, Any]:
    *phases, time = content.valores
    values = [
        [p.potencia_activa, p.potencia_reactiva, p.factor_potencia, p.is_exporting_activa, p.reactive_quadrant, p.valid]
        for p in phases
    ]
    return {"values": values, "time": utc(time)}


def voltages_currents(content: Any) -> dict[str, Any]:
    *phases, time = content.valores
    return {"values": [[p.I, p.V, p.valid] for p in phases], "time": utc(time)}


OBJECTS = {192: energies, 193: powers, 194: voltages_currents}


def content(asdu: Any) -> Any:
    """What the client made of one variable frame, by its type."""
    body = asdu.content
    if asdu.tipo in (8, 11, 140):
        return totals(body)
    if asdu.tipo == 71:
        return {"standard": body.ano_standard, "manufacturer": body.codigo_fabricante, "device": body.codigo_equipo}
    if asdu.tipo == 72:
        return utc(body.tiempo)
    if asdu.tipo == 163:
        return {str(part.objeto): OBJECTS[part.objeto](part) for part in body.valores}
    if asdu.tipo == 183:
        return body.clave
    return None


# What a meter knows besides its values, by the methods of the client


def date(tag: Any) -> str:
    found: str = tag.datetime.date().isoformat()
    return found


def tariff_information(answers: Any) -> list[Any]:
    """Types 135 and 136: a register of the client has its fields in the order of their bytes."""
    return [
        [utc(field) if isinstance(field, datetime) else field for field in answer.content.valores[0]]
        for answer in answers
    ]


def configuration(body: Any) -> dict[str, Any]:
    port, optical = body.serial_port_1, body.optical_port
    return {
        "manufacturer": body.codigo_fabricante,
        "model": body.modelo_fabricante,
        "firmware": body.firmware,
        "device": body.codigo_equipo,
        "standard": body.iec_date,
        "protocol_date": utc(body.iec_version_date),
        "battery": body.battery,
        "ports": [[port.speed.replace(".", ""), port.params], [optical.speed.replace(".", ""), optical.params]],
        "ratios": [body.primari_V, body.secondary_V, body.primari_I, body.secondary_I],
        "periods": [body.integration_period_1, body.integration_period_2, body.integration_period_3],
        "contracts": body.active_contracts,
    }


def tariff_object(part: Any) -> Any:
    if part.objeto == 197:
        *periods, time = part.valores.values()
        return {"periods": periods, "time": utc(time)}
    return {
        "direction": part.sentido,
        "kind": part.tipo,
        "seasons": [[date(season[1]), season[2], season[3]] for season in part.temporadas],
        "days": [day[1] for day in part.dias],
        "since": utc(part.fecha_activacion),
    }


def contract(app: Any, number: int, start: datetime, end: datetime) -> dict[str, Any]:
    powers, tables = app.get_contracted_powers(number).content, ["seasons", "current_period"]
    extension = app.ext_read_contract_tariff_info(register=133 + number, objects=tables).content
    return {
        "stored": tariff_information(app.stored_tariff_info(start, end, number)),
        "current": tariff_information(app.current_tariff_info(number)),
        "powers": {"values": [list(power) for power in powers.valores], "time": utc(powers.tiempo)},
        "holidays": [date(day) for day in app.read_holiday_days(number).content.valores],
        "tables": {str(part.objeto): tariff_object(part) for part in extension.valores},
    }


def events(app: Any, record: int, start: datetime, end: datetime) -> list[Any]:
    answers = list(app.read_events(record, start, end))
    return [[event[0], event[1], event[2], utc(event[3])] for answer in answers for event in answer.content.valores]


def knowledge(app: Any, start: datetime, end: datetime) -> dict[str, Any]:
    recorder = app.ext_read_rm2_values(objects=list(range(192, 202))).content.valores
    local = [TIMEZONE.localize(when) for when in (start, end)]
    return {
        "identity": content(app.get_info()),
        "configuration": configuration(app.get_configuration().content),
        "recorder": {str(part.objeto): part.valores for part in recorder},
        "contracts": [contract(app, number, *local) for number in (1, 2, 3)],
        "events": {str(record): events(app, record, start, end) for record in EVENT_ADDRESS_REGISTERS},
    }


def session(
    host: str, port: int, link_address: int, point_address: int, key: int, readings: list[str], *, knows: bool = False
) -> dict[str, Any]:
    physical = Ip((host, port), waiting=0)
    link = Answering(link_address, point_address)
    app = AppLayer()
    link.initialize(physical)
    app.initialize(link)
    physical.connect()
    try:
        if not knows:
            return course(app, link, key, readings)
        link.link_state_request()
        link.remote_link_reposition()
        app.authenticate(key)
        found = knowledge(app, *map(datetime.fromisoformat, readings))
        app.finish_session()
        return found
    finally:
        # Its reader only looks at `alive` when recv returns: without this, disconnecting takes five seconds.
        physical.alive.clear()
        physical.connection.shutdown(socket.SHUT_RDWR)
        physical.disconnect()


def call(
    port: str, number: str, link_address: int, point_address: int, key: int, readings: list[str]
) -> dict[str, Any]:
    """By the client's own modem, whose long pauses are cut to what a test can bear."""
    pause = time.sleep
    modem.time = type("Time", (), {"sleep": staticmethod(lambda seconds: pause(min(seconds, 1.05)))})
    physical = modem.Modem(number, port)
    link = Answering(link_address, point_address)
    app = AppLayer()
    link.initialize(physical)
    app.initialize(link)
    physical.connect()
    try:
        return course(app, link, key, readings)
    finally:
        physical.disconnect()


def course(app: Any, link: Any, key: int, readings: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {"version": version("iec870ree"), "link_status": link.link_state_request().c.cf}
    link.remote_link_reposition()
    login = app.authenticate(key)
    result["login"] = {"cause": login.causa_tm, "negative": bool(login.pn)}
    if login.pn:
        return result
    result["identity"] = content(app.get_info())
    result["clock"] = content(app.read_datetime())
    result["instantaneous"] = content(app.ext_read_instant_values(objects=["totalizadores", "potencias", "I_V"]))
    result["readings"], result["seconds"] = {}, {}
    for reading in readings:
        begin = time.perf_counter()
        result["readings"][reading] = read(app, reading)
        result["seconds"][reading] = time.perf_counter() - begin
    app.finish_session()
    return result


def read(app: Any, reading: str) -> Any:
    method, register, first, last, *block = reading.split(",")
    start, end = (TIMEZONE.localize(datetime.fromisoformat(text)) for text in (first, last))
    try:
        if method == "blocks":
            answers = list(app.read_blocks_incremental_values(start, end, register, adr_object=int(block[0])))
        elif method == "absolute":
            answers = list(app.read_absolute_values(start, end, register))
        else:
            answers = list(app.read_incremental_values(start, end, register))
    except Exception as error:
        return {"refused": type(error).__name__}
    return [record for answer in answers for record in content(answer)]


def decode(lines: list[str]) -> list[Any]:
    frames = (parse_asdu(line.replace(" ", "").strip()) for line in lines)
    return [content(frame) if hasattr(frame, "tipo") else {"function": frame.c.cf} for frame in frames]


def main() -> None:
    mode, *arguments = sys.argv[1:]
    if mode == "decode":
        result: Any = decode(sys.stdin.readlines())
    elif mode == "modem":
        device, number, link_address, point_address, key, *readings = arguments
        result = call(device, number, int(link_address), int(point_address), int(key), readings)
    else:
        host, port, link_address, point_address, key, *readings = arguments
        knows = mode == "knowledge"
        result = session(host, int(port), int(link_address), int(point_address), int(key), readings, knows=knows)
        seconds = result.pop("seconds", {})
        if mode == "timed":
            result = seconds
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
