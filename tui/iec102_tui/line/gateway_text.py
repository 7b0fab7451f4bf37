"""Who shares the line, in words."""

from __future__ import annotations

from collections.abc import Mapping

from iec102.gateway import ClientStatus, GatewayStatus

from iec102_tui.live.grid_cells import age_text
from iec102_tui.plain_text import printable

_HEADING = f"{'who':24} {'since':>9} {'asked':>7} {'refused':>7} {'line':>5}  doing"


def gateway_words(status: GatewayStatus | None, problem: str | None) -> str:
    """``gateway tcp://127.0.0.1:40102, 2 applications``; empty when it is off."""
    if status is None:
        return f"! {printable(problem)}" if problem else ""
    count = len(status.clients)
    return f"gateway {status.url}, {count} application{'' if count == 1 else 's'}"


def gateway_lines(status: GatewayStatus | None, usage: Mapping[str, float], now: float) -> list[str]:
    """A line for each application and each user in this program, with its part of the time that the line was used."""
    whole = sum(usage.values())
    share = {who: f"{seconds / whole:.0%}" for who, seconds in usage.items()} if whole else {}
    clients = () if status is None else status.clients
    names = {client.name for client in clients}
    lines = [_HEADING, *(_client(client, share.get(client.name, "0%"), now) for client in clients)]
    lines += [f"{_name(who):24} {'':>9} {'':>7} {'':>7} {share.get(who, ''):>5}" for who in usage if who not in names]
    return lines


def _client(client: ClientStatus, share: str, now: float) -> str:
    return (
        f"{_name(client.name):24} {age_text(max(0.0, now - client.since)):>9} {client.requests:7} {client.refused:7} "
        f"{share:>5}  {printable(client.doing)}"
    )


def _name(text: str) -> str:
    return printable(text)[:24]
