"""The real collector: signals, the status that others read, the gateway, and mosquitto at the other end."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import threading
from collections import Counter
from pathlib import Path
from subprocess import Popen

from iec102_tui.collect.status import MeterStatus
from iec102_tui.publish.message import Kind
from support.collect_process import Box, box
from support.mosquitto import broker, parts

QUICK = {"collect": {"live": 0.5, "profile": "daily"}}


def is_read(meter: MeterStatus) -> bool:
    return meter.state == "connected" and meter.readings > 0 and meter.gateway is not None


def is_done(meter: MeterStatus) -> bool:
    return all(work.done is not None for work in meter.work.values())


async def reload(box: Box, process: asyncio.subprocess.Process) -> None:
    box.told.clear()
    process.send_signal(signal.SIGHUP)
    await box.until(lambda: box.words() == ["RELOADING", "READY"], "it has not read its files again")


def test_a_hang_up_reads_the_files_again_and_kill_ends_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with box(tmp_path) as scene:
            await scene.write(kept=QUICK, gone=QUICK)
            async with scene.collector("--all") as process:
                await scene.until(lambda: scene.all_meters(is_read, "kept", "gone"), "two are read")
                assert scene.words() == ["READY"]
                await scene.write(kept=QUICK, new=QUICK)
                await reload(scene, process)
                await scene.until(lambda: scene.all_meters(is_read, "kept", "new"), "the new one is read")
                await scene.until(lambda: not scene.servers["gone"]._clients, "the old one is left")
                assert [scene.meters[name].connections for name in ("kept", "gone", "new")] == [1, 1, 1]
                await look_from_beside(scene)
            assert scene.words()[-1] == "STOPPING"
            assert scene.status() is None
            assert not (tmp_path / "run" / "collect.json").exists()

    asyncio.run(story())


async def look_from_beside(scene: Box) -> None:
    """Another program sees how it is doing, and gets to the meter whose line it holds."""
    status, text = await scene.program("collect", "--status", "--json")
    meters = {meter["name"]: meter for meter in json.loads(text)["meters"]}
    assert (status, set(meters)) == (0, {"kept", "new"})
    status, text = await scene.program("read", meters["kept"]["gateway"], "--json")
    assert status == 0
    assert len(json.loads(text)["signals"]) == 24
    assert scene.meters["kept"].connections == 1


class Reader:
    """Keeps what mosquitto_sub prints, as it comes."""

    def __init__(self, process: Popen[str]) -> None:
        self.found: list[tuple[str, str]] = []
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            _retained, topic, payload = parts(line)
            self.found.append((topic, payload))

    def keys(self, part: str) -> Counter[str]:
        """How often each record of a topic came."""
        documents = (json.loads(payload) for topic, payload in list(self.found) if topic == f"iec102/box/north/{part}")
        return Counter(str(each.get("id") or each["time"]) for each in documents)

    def site(self) -> list[str]:
        return [json.loads(payload)["state"] for topic, payload in list(self.found) if topic == "iec102/box/state"]


def test_records_arrive_once_though_broker_and_collector_go_and_come(tmp_path: Path) -> None:
    async def story(url: str, kill: threading.Event, reader: Reader) -> None:
        async with box(tmp_path) as scene:
            await scene.write({"url": url, "site": "box"}, north=QUICK)
            async with scene.collector():
                await scene.until(lambda: scene.all_meters(is_done, "north"), "all is read")
                await scene.until(lambda: is_all_there(scene, reader), "all has come")
                kill.set()
                await scene.until(lambda: reader.site().count("online") > 1, "it is published again")
            async with scene.collector():
                await scene.until(lambda: scene.all_meters(is_done, "north"), "all is read again")
            await scene.until(lambda: reader.site()[-1:] == ["offline"], "the end is told")
        for part in ("profile/daily", "event", "closing"):
            assert len(reader.keys(part)) > 2, part
            twice = [key for key, count in reader.keys(part).items() if count > 1]
            assert twice == [], part

    with broker(tmp_path / "mosquitto") as mosquitto, mosquitto.reading("-T", "iec102/+/+/live") as process:
        kill = threading.Event()

        def restart() -> None:
            if kill.wait(120):
                mosquitto.kill()
                mosquitto.start()

        thread = threading.Thread(target=restart)
        thread.start()
        asyncio.run(story(mosquitto.url, kill, Reader(process)))
        thread.join()


def is_all_there(scene: Box, reader: Reader) -> bool:
    """As many as are archived, and the broker has acknowledged them: what it has not comes again when it is back."""
    with sqlite3.connect(f"file:{scene.folder}/archive.sqlite?mode=ro", uri=True) as archive:
        days, events = (archive.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("record", "event"))
        waiting = archive.execute("SELECT count(*) FROM news").fetchone()[0]
    archive.close()
    with sqlite3.connect(f"file:{scene.folder}/publish-box.sqlite?mode=ro", uri=True) as queue:
        unacknowledged = queue.execute("SELECT count(*) FROM message WHERE kind = ?", (Kind.RECORD.value,)).fetchone()[
            0
        ]
    queue.close()
    return (
        not waiting
        and not unacknowledged
        and (len(reader.keys("profile/daily")), len(reader.keys("event"))) == (days, events)
    )
