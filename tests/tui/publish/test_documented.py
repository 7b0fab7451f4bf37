"""docs/publishing.md and the ready files beside it say what is published."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

from iec102.line.state import Phase
from iec102.meter.signals import SIGNALS
from iec102_tui.config import load
from iec102_tui.publish.message import Site
from iec102_tui.publish.settings import KEYS, broker_settings
from support.pages import ROOT, blocks, section, table

PAGE = "docs/publishing.md"
FILES = ROOT / "docs" / "publishing"
TOPICS = Site("iec102", "box").meter("north")
PUBLISHED = {
    TOPICS.site.state,
    *map(TOPICS.of, ("state", "info", "live", "live/late", "profile/hourly", "closing", "event")),
}


def matches(pattern: str, topic: str) -> bool:
    """As brokers match, without `#`."""
    levels, found = pattern.split("/"), topic.split("/")
    return len(levels) == len(found) and all(a in ("+", b) for a, b in zip(levels, found, strict=True))


def test_every_key_of_the_settings_is_explained() -> None:
    names = re.findall(r"`(\w+)`", " ".join(cells[0] for cells in table(section(PAGE, "Settings"))))
    assert sorted(names) == sorted(KEYS)
    tables = tomllib.loads(blocks(PAGE, "toml")[0])
    assert broker_settings(tables["broker"], None, host="box").username == "box"
    assert load({}, {})[1] == ()


def test_every_topic_is_in_the_table() -> None:
    shown = {cells[0].strip("`") for cells in table(section(PAGE, "Topics"))}
    assert {name.replace("SITE", "box").replace("METER", "north") for name in shown} == PUBLISHED


def test_every_state_is_named() -> None:
    for phase in Phase:
        assert f"`{phase}`" in section(PAGE, "Topics")


def test_telegraf_subscribes_to_what_is_published_and_names_its_parts() -> None:
    inputs = tomllib.loads((FILES / "telegraf.conf").read_text())["inputs"]["mqtt_consumer"]
    subscribed = {pattern for each in inputs for pattern in each["topics"]}
    assert all(any(matches(pattern, topic) for topic in PUBLISHED) for pattern in subscribed)
    assert len({each["client_id"] for each in inputs}) == len(inputs)
    for each in inputs:
        assert {rule["topic"] for rule in each["topic_parsing"]} == set(each["topics"])
        for rule in each["topic_parsing"]:
            levels = len(rule["topic"].split("/"))
            assert len(rule["measurement"].split("/")) == len(rule["tags"].split("/")) == levels
            assert rule["tags"].startswith("_/site/meter/")


def test_prometheus_has_each_signal_once() -> None:
    text = (FILES / "mqtt2prometheus.yaml").read_text()
    assert re.findall(r"mqtt_name: (\S+)", text) == [signal.key for signal in SIGNALS]
    names = re.findall(r"prom_name: (\S+)", text)
    assert len(set(names)) == len(names) == 24
    assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names)
    (pattern,) = re.findall(r'device_id_regex: "(.*)"', text)
    found = re.search(pattern, TOPICS.of("live"))
    assert found
    assert found["deviceid"] == "box/north"


def test_node_red_reads_what_is_published() -> None:
    nodes = json.loads((FILES / "node-red.json").read_text())
    known = {node["id"] for node in nodes}
    patterns = [node["topic"] for node in nodes if node["type"] == "mqtt in"]
    assert all(any(matches(pattern, topic) for topic in PUBLISHED) for pattern in patterns)
    assert set(wires(nodes)) <= known


def wires(nodes: list[dict[str, list[list[str]]]]) -> Iterator[str]:
    for node in nodes:
        for output in node.get("wires", []):
            yield from output
