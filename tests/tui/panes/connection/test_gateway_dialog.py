"""The gateway of the monitor: switched by a key, used by another client beside live reading."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import iec102
import pytest
from iec102.errors import InvalidSetting, KeyRefused
from iec102.transport.tap import TapRecord
from iec102_tui.app import MonitorApp
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.connection.gateway_dialog import GatewayScreen
from iec102_tui.profiles.connection import demo
from iec102_tui.profiles.gateway_options import GatewayOptions
from support.waiting import on_screen
from textual.widgets import Static

SHARED = replace(demo(), gateway=GatewayOptions("127.0.0.1:0"))


def test_another_client_reads_through_it_and_is_seen() -> None:
    async def run() -> None:
        session = Session()
        app = MonitorApp(session, SHARED)
        async with app.run_test(size=(80, 24)) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            await pilot.press("f1")
            await pilot.pause(0.2)
            await pilot.press("w")
            await on_screen(pilot, lambda: session.gateway is not None)
            assert session.gateway is not None
            url = session.gateway.url
            async with iec102.connect(url, password=1) as meter:
                reading = await meter.read_instantaneous()
                assert len(reading.values) == 24
                await on_screen(pilot, lambda: session.gateway is not None and len(session.gateway.clients) == 1)
                await on_screen(pilot, lambda: "1 client" in text(app))
                await pilot.press("W")
                await on_screen(pilot, lambda: isinstance(app.screen, GatewayScreen))
                await on_screen(pilot, lambda: "127.0.0.1:" in lines(app) and "live" in lines(app))
                await pilot.press("escape")
            frames = [session.frames[number] for number in range(session.frames.start, session.frames.end)]
            assert any(client_of(record) for record in frames)
            assert any(not client_of(record) for record in frames)
            reads = session.latest.reads if session.latest else 0
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > reads)
            await pilot.press("w")
            await on_screen(pilot, lambda: session.gateway is None)
        session.close()

    asyncio.run(run())


def test_an_address_that_cannot_be_listened_on_is_said() -> None:
    async def run() -> None:
        session = Session()
        connection = replace(demo(), gateway=GatewayOptions("192.0.2.1:40102", "192.0.2.0/24"))
        app = MonitorApp(session, connection)
        async with app.run_test(size=(80, 24)) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            await pilot.press("f1")
            await pilot.pause(0.2)
            await pilot.press("w")
            await on_screen(pilot, lambda: "cannot listen on 192.0.2.1:40102" in text(app))
        session.close()

    asyncio.run(run())


def test_a_meter_that_was_disconnected_is_not_shared() -> None:
    async def run() -> None:
        session = Session()
        app = MonitorApp(session, SHARED)
        async with app.run_test(size=(80, 24)) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            session.switch_gateway()
            await on_screen(pilot, lambda: session.gateway is not None)
            session.disconnect()
            with pytest.raises(InvalidSetting, match="connect to one first"):
                session.switch_gateway()
            await on_screen(pilot, lambda: session.gateway is None)
        session.close()

    asyncio.run(run())


def text(app: MonitorApp) -> str:
    return str(app.screen_stack[-1].query_one("#connection-gateway", Static).content)


def lines(app: MonitorApp) -> str:
    return str(app.screen.query_one("#gateway-lines", Static).content)


def client_of(record: TapRecord) -> str:
    return record.client or ""


def test_what_was_refused_is_on_the_screen_and_no_password() -> None:
    async def run() -> None:
        session = Session()
        app = MonitorApp(session, SHARED)
        async with app.run_test(size=(80, 24)) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            session.switch_gateway()
            await on_screen(pilot, lambda: session.gateway is not None)
            assert session.gateway is not None
            with pytest.raises(KeyRefused):
                async with iec102.connect(session.gateway.url, password=987654) as meter:
                    await meter.read_instantaneous()
            app.push_screen(GatewayScreen(session))
            await on_screen(pilot, lambda: "the password *** was refused" in news(app))
            assert "987654" not in news(app)
            keys = app.screen.query_one(".keys")
            assert keys.region.bottom < app.screen.query_one(".dialog").region.bottom <= 24
        session.close()

    asyncio.run(run())


def test_wrong_passwords_are_counted_on_the_screen_and_forgotten_by_a_key() -> None:
    async def run() -> None:
        session = Session()
        app = MonitorApp(session, SHARED)
        async with app.run_test(size=(80, 24)) as pilot:
            await on_screen(pilot, lambda: session.latest is not None and session.latest.reads > 0)
            session.switch_gateway()
            await on_screen(pilot, lambda: session.gateway is not None)
            app.push_screen(GatewayScreen(session))
            for password in (5, 6, 7, 8):
                assert session.gateway is not None
                with pytest.raises(KeyRefused):
                    async with iec102.connect(session.gateway.url, password=password) as meter:
                        await meter.read_instantaneous()
            await on_screen(pilot, lambda: "wrong passwords at link address 1: 3 of 10 in 24 h" in lines(app))
            await pilot.press("K")
            await on_screen(pilot, lambda: "wrong passwords at link address 1" not in lines(app))
            assert "each may be tried once more" in news(app)
            async with iec102.connect(session.gateway.url, password=1) as meter:
                await meter.read_instantaneous()
            session.switch_gateway()
            await on_screen(pilot, lambda: session.gateway is None)
            await pilot.press("K")
            await pilot.pause(0.1)
            assert "gateway is off" in str([note.message for note in app._notifications])
        session.close()

    asyncio.run(run())


def news(app: MonitorApp) -> str:
    found = app.screen.query("#gateway-news")
    return str(found.first(Static).content) if found else ""
