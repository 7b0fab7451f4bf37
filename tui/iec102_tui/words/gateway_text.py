"""Who shares the line, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from iec102_tui.words.ages import age_text
from iec102_tui.words.plain_text import printable, shortened
from iec102_tui.words.text import _, ngettext, spoken

if TYPE_CHECKING:
    from iec102.gateway import GatewayStatus, WrongKeys

_ONE_LINE = 100  # columns from which what an application is doing stands beside it, and not below
_INDENT = "    "


def _heading() -> str:
    """The names above the columns, each at most as wide as what stands below it."""
    refused = _("refused")
    return f"{_('who'):22} {_('since')[:7]:>7} {_('asked')[:6]:>6} {refused[:7]:>7} {_('line')[:5]:>5}"


def gateway_words(status: GatewayStatus | None, problem: str | None) -> str:
    """``gateway tcp://127.0.0.1:40102, 2 clients``; empty when it is off."""
    if status is None:
        return f"! {printable(problem)}" if problem else ""
    count = len(status.clients)
    return ngettext("gateway {url}, {count} client", "gateway {url}, {count} clients", count, url=status.url)


def gateway_lines(status: GatewayStatus | None, usage: Mapping[str, float], now: float, width: int) -> list[str]:
    """Each application with what it is doing, and each user in this program, with its part of the line's time.

    ``width`` in columns; what is longer is cut.
    """
    whole = sum(usage.values())
    share = {who: f"{seconds / whole:.0%}" for who, seconds in usage.items()} if whole else {}
    clients = () if status is None else status.clients
    names = {client.name for client in clients}
    lines = [_heading() + (f"  {_('doing')}" if width >= _ONE_LINE else "")]
    for client in clients:
        row = (
            f"{_name(client.name):22} {age_text(max(0.0, now - client.since)):>7} {client.requests:6} "
            f"{client.refused:7} {share.get(client.name, '0%'):>5}"
        )
        doing = printable(spoken(client.doing)) or _("nothing now")
        lines += [f"{row}  {doing}"] if width >= _ONE_LINE else [row, _INDENT + doing]
    lines += [f"{_name(who):22} {'':>7} {'':>6} {'':>7} {share.get(who, ''):>5}" for who in usage if who not in names]
    wrong = () if status is None else status.wrong_keys
    lines += ["", *map(_wrong, wrong)] if wrong else []
    return [line[:width] for line in lines]


def _wrong(wrong: WrongKeys) -> str:
    """How near a meter may be to locking out."""
    sign = "!" if wrong.refused >= wrong.most else " "
    words = _(
        "wrong passwords at link address {address}: {refused} of {most} in 24 h",
        address=wrong.link_address,
        refused=wrong.refused,
        most=wrong.most,
    )
    return f"{sign} {words}"


def news_lines(news: Iterable[tuple[datetime, str]], zone: tzinfo | None) -> list[str]:
    """What the gateway has said, the latest first."""
    return [f"{at.astimezone(zone):%H:%M:%S}  {printable(spoken(text))}" for at, text in reversed(list(news))]


def _name(text: str) -> str:
    return shortened(printable(text), 22)
