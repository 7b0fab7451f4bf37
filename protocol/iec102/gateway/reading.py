"""How what an application asks is asked of the meter: in pieces where it can be cut, else whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from iec102.asdu import Asdu, Cause, type_name
from iec102.errors import AccessError, ContentTimeout, Iec102Error, LineError, LinkError
from iec102.gateway.cutting import Cutting
from iec102.gateway.errand import CutShort, Errand
from iec102.gateway.reserve import Reserve
from iec102.settings import Station

# Bytes of answers that may wait for the application before the meter is asked for more.
_ENOUGH_WAITING = 8192
# How often in a row an exchange may fail on the line, and the seconds before it is tried again.
_MOST_FAILURES = 3
_PAUSE_AFTER_FAILURE = 1.0

Tell = Callable[[str], None]


async def read_whole(errand: Errand, session: Station, request: Asdu, *, repeatable: bool) -> None:
    """One exchange. ``repeatable``: it may be asked again when it failed before anything was handed out.

    Raises AccessError, LineError or LinkError where the application gets no answer.
    """
    answered = False

    def emit(asdu: Asdu) -> None:
        nonlocal answered
        answered = True
        errand.give(asdu)

    failures = 0
    while True:
        try:
            await errand.exchange(session, request, emit)
        except ContentTimeout:
            pass  # the application has seen what the meter said: no data yet
        except (AccessError, LineError, LinkError) as error:
            failures += 1
            if answered or not repeatable or isinstance(error, AccessError) or failures == _MOST_FAILURES:
                raise
            await errand.pause(_PAUSE_AFTER_FAILURE)
            continue
        except Iec102Error:
            errand.give(errand.last)
        return


async def read_in_pieces(
    errand: Errand,
    session: Station,
    cutting: Cutting,
    *,
    waiting: Callable[[], int],
    reserve: Reserve,
    hold_back: Callable[[int], None],
    tell: Tell,
) -> None:
    """A range reading, the others' turn between two pieces. ``waiting``: bytes that the application has not polled.

    ``tell`` hears how far it is, ``hold_back`` how many answers are to last until the next piece. Raises AccessError,
    LineError or LinkError where the application gets no further answer.
    """
    confirmed = False
    now = asyncio.get_running_loop().time
    latest: float | None = None
    first_of_piece = True

    def emit(asdu: Asdu) -> None:
        nonlocal confirmed, latest, first_of_piece
        if asdu.type == cutting.asked.type:
            if not confirmed and asdu.cause == Cause.CONFIRMATION:
                confirmed = True
                errand.give(replace(cutting.asked, cause=Cause.CONFIRMATION))
            return
        if first_of_piece and latest is not None:
            reserve.waited(now() - latest)
        first_of_piece, latest = False, now()
        for part in cutting.take(asdu):
            errand.give(part)
        if cutting.overruns(errand.elapsed):
            errand.cut_short()

    failures = 0
    while (piece := cutting.request) is not None:
        tell(f"{type_name(cutting.asked.type)}, {cutting.progress:.0%}")
        hold_back(reserve.answers)
        first_of_piece = True
        await errand.wait_until(lambda: waiting() <= _ENOUGH_WAITING)
        try:
            answered = await errand.exchange(session, piece, emit, piece=True)
        except CutShort:
            cutting.cut_short(errand.elapsed)
        except ContentTimeout:
            return
        except (LineError, LinkError):
            failures += 1
            if failures == _MOST_FAILURES:
                raise
            cutting.broken()
            await errand.pause(_PAUSE_AFTER_FAILURE)
            continue
        except AccessError:
            raise
        except Iec102Error:
            cutting.refused(errand.last)
        else:
            cutting.done(answered.received - answered.sent)
        failures = 0
    for part in cutting.finish(confirmed=confirmed):
        errand.give(part)
