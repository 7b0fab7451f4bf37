"""Drives iec870ree, a client that nobody here wrote, and prints what it decoded as one JSON document.

Run by an interpreter that has iec870ree 0.14.1 (a virtual environment of its own), never imported by the tests:

    python -I iec870ree_client.py session HOST PORT LINK_ADDRESS POINT_ADDRESS KEY [READING ...]
    python -I iec870ree_client.py timed ... the same, but prints the seconds that each reading took
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

from iec870ree.app_asdu import TIMEZONE
from iec870ree.ip import Ip
from iec870ree.protocol import AppLayer, LinkLayer, parse_asdu


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


def session(
    host: str, port: int, link_address: int, point_address: int, key: int, readings: list[str]
) -> dict[str, Any]:
    physical = Ip((host, port), waiting=0)
    link = Answering(link_address, point_address)
    app = AppLayer()
    link.initialize(physical)
    app.initialize(link)
    physical.connect()
    try:
        return course(app, link, key, readings)
    finally:
        # Its reader only looks at `alive` when recv returns: without this, disconnecting takes five seconds.
        physical.alive.clear()
        physical.connection.shutdown(socket.SHUT_RDWR)
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
    else:
        host, port, link_address, point_address, key, *readings = arguments
        result = session(host, int(port), int(link_address), int(point_address), int(key), readings)
        seconds = result.pop("seconds", {})
        if mode == "timed":
            result = seconds
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
