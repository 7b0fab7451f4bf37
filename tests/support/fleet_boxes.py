"""Boxes as a broker sees them: topics and payloads of many meters, without any meter."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from iec102.meter.signals import SIGNALS

NAMES = (
    *("Puerto", "Cantera El Cerro", "Hospital", "Bodega Ruiz", "FV La Muela 1", "FV La Muela 2", "Depuradora Sur"),
    *("Polígono Norte", "Fábrica Oeste", "Centro de datos", "Parque eólico 4", "Túnel M-40", "Estación Sants"),
    *("Riegos Canal", "Mercado", "Universidad", "Metro L9", "Puerto seco", "FV Tabernas", "FV Escatrón"),
)
EXPORTERS = ("FV", "Parque")


class Box:
    """One meter in one box, whose values follow from its number and the time alone."""

    def __init__(self, number: int, topic: str = "iec102") -> None:
        self.number = number
        name = NAMES[number % len(NAMES)]
        self.name = name if number < len(NAMES) else f"{name} {number // len(NAMES) + 1}"
        self.site = f"box-{number + 17:03}"
        self.meter = f"m{number:04}"
        self.topic = topic

    def of(self, part: str) -> str:
        return f"{self.topic}/{self.site}/{self.meter}/{part}"

    @property
    def site_topic(self) -> str:
        return f"{self.topic}/{self.site}/state"

    def live(self, at: datetime, **changes: object) -> str:
        seed = random.Random(self.number * 1_000_003 + int(at.timestamp()))
        power = 150 + (self.number * 487) % 1900
        power = round(power * (1 + 0.2 * math.sin(at.timestamp() / 900 + self.number)) + seed.uniform(-20, 20))
        sign = -1 if self.name.startswith(EXPORTERS) else 1
        values: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "meter_time": at.replace(second=0, microsecond=0).isoformat(timespec="seconds"),
            "identity": f"5-4830{self.number:04}",
            "clock_difference": round(seed.uniform(-1, 1), 1),
        }
        for signal in SIGNALS:
            match signal.key.split("."):
                case ["energy", _]:
                    value: float = 8_000_000 + self.number * 1000 + int(at.timestamp() // 60) % 1000
                case ["power", kind]:
                    share = 1 if kind.endswith("total") else 3
                    value = round(power / share) * sign if "active" in kind and "reactive" not in kind else 0
                    value = round(power * 0.3 / share) if "reactive" in kind else value
                    value = (
                        round(0.86 + (self.number % 12) / 100 + seed.uniform(0, 0.009), 3)
                        if "factor" in kind
                        else value
                    )
                case _:
                    voltage = "voltage" in signal.key
                    value = round(225 + self.number % 11 + seed.uniform(0, 1), 1) if voltage else round(power / 690, 1)
            values[signal.key] = value
        return json.dumps(values | changes, separators=(",", ":"))

    def state(self, at: datetime, state: str = "connected", reason: str | None = None) -> str:
        found = {"state": state, "reason": reason, "time": at.isoformat(timespec="seconds")}
        return json.dumps({name: value for name, value in found.items() if value is not None})

    def info(self, **more: object) -> str:
        return json.dumps(
            {
                "name": self.name,
                "link_address": self.number + 1,
                "point_address": 1,
                "timezone": "Europe/Madrid",
                "identity": f"5-4830{self.number:04}",
                "primary_voltage_v": 66000.0,
                "secondary_voltage_v": 110.0,
                "primary_current_a": 500.0,
                "secondary_current_a": 5.0,
                "version": "0.1.0",
            }
            | more,
            ensure_ascii=False,
        )

    def site_state(self, at: datetime, state: str = "online") -> str:
        return json.dumps({"state": state, "time": at.isoformat(timespec="seconds"), "waiting": 0})

    def hour(self, end: datetime) -> tuple[str, str]:
        return self.of("profile/hourly"), json.dumps({"time": end.isoformat(), "A+": 120})

    def event(self, at: datetime) -> tuple[str, str]:
        known = f"52/{at.isoformat()}/1/1/1"
        meaning = "power failure"
        return self.of("event"), json.dumps({"id": known, "time": at.isoformat(), "record": 52, "meaning": meaning})

    def retained(self, at: datetime) -> Iterator[tuple[str, str]]:
        """What the broker holds of it."""
        yield self.site_topic, self.site_state(at)
        yield self.of("state"), self.state(at - timedelta(hours=2))
        yield self.of("info"), self.info()
        yield self.of("live"), self.live(at)
