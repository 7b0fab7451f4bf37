"""Home Assistant finds the signals of a meter by itself: a retained message a signal, below its own prefix.

A value that is not valid is unknown there, and everything is unavailable while the machine or the meter is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from iec102.meter.signals import SIGNALS, Signal

from iec102_tui.publish.message import Kind, Message, MeterTopics

PREFIX = "homeassistant"
_UNITS = {"kVArh": "kvarh", "kVAr": "kvar"}
# Those whose units Home Assistant takes in every version; of reactive ones it has changed its mind.
_CLASSES = {"kWh": "energy", "kW": "power", "V": "voltage", "A": "current"}


def discovery(topics: MeterTopics, name: str) -> Iterator[Message]:
    """A message a signal. ``name``: the meter's, for people."""
    node = f"{topics.site.topic}_{topics.site.name}_{topics.name}".replace("/", "_")
    for signal in SIGNALS:
        item = signal.key.replace(".", "_")
        document = {"unique_id": f"{node}_{item}", "name": signal.label, **_common(topics, node, name), **_kind(signal)}
        yield Message(Kind.STATUS, f"{PREFIX}/sensor/{node}/{item}/config", json.dumps(document))


def _common(topics: MeterTopics, node: str, name: str) -> Mapping[str, Any]:
    return {
        "state_topic": topics.of("live"),
        "availability_mode": "all",
        "availability": [
            _available(topics.site.state, "online"),
            _available(topics.of("state"), "connected"),
        ],
        "device": {"identifiers": [node], "name": name},
    }


def _available(topic: str, state: str) -> Mapping[str, str]:
    return {"topic": topic, "value_template": f"{{{{ 'online' if value_json.state == '{state}' else 'offline' }}}}"}


def _kind(signal: Signal) -> Mapping[str, str]:
    key, unit = signal.key, signal.unit or ""
    of_factor = key.startswith("power.factor")
    found = {
        "value_template": f"{{{{ None if '{key}' in value_json.get('invalid', []) else value_json.get('{key}') }}}}",
        "state_class": "total_increasing" if key.startswith("energy.") else "measurement",
        "unit_of_measurement": _UNITS.get(unit, unit),
        "device_class": "power_factor" if of_factor else _CLASSES.get(unit, ""),
    }
    return {name: value for name, value in found.items() if value}
