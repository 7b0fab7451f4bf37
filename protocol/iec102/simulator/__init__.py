"""A simulated meter that behaves like a real one, on the link and behind it."""

from iec102.simulator.config import FAULTS, QUIRKS, LineSpeed, SimulatorConfig, parse_fault, parse_site
from iec102.simulator.meter import SimulatedMeter
from iec102.simulator.modem import NUMBERS
from iec102.simulator.server import CallingMeter, PtyServer, TcpServer, connect_memory, serve_tcp
from iec102.simulator.site_kinds import SiteKind
from iec102.simulator.wiring import WIRINGS, Wiring

__all__ = [
    "FAULTS",
    "NUMBERS",
    "QUIRKS",
    "WIRINGS",
    "CallingMeter",
    "LineSpeed",
    "PtyServer",
    "SimulatedMeter",
    "SimulatorConfig",
    "SiteKind",
    "TcpServer",
    "Wiring",
    "connect_memory",
    "parse_fault",
    "parse_site",
    "serve_tcp",
]
