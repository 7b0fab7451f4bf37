"""How what an application asks is asked of the meter: in pieces where it can be split, else whole."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from iec102.asdu import Asdu, Cause, type_name
from iec102.errors import AccessError, ContentTimeout, Iec102Error, LineError, LinkError
from iec102.gateway.buffer import AnswerBuffer
from iec102.gateway.client_request import ClientRequest, CutShort
from iec102.gateway.splitter import RangeSplitter
from iec102.sentence import Sentence
from iec102.settings import Station

# Bytes of answers that may wait for the application before the meter is asked for more.
_ENOUGH_WAITING = 8192
# How often in a row an exchange may fail on the line, and the seconds before it is tried again.
_MOST_FAILURES = 3
_PAUSE_AFTER_FAILURE = 1.0


class Answers(Protocol):
    """Where the answers to a request go. ``doing`` is how far it is, in words."""

    buffer: AnswerBuffer
    doing: str

    @property
    def waiting_bytes(self) -> int:
        """Bytes of answers that the application has not polled."""

    def give(self, asdu: Asdu) -> None:
        """Give an answer to the application, unless it wants none any more."""

    def hold_back(self, count: int) -> None:
        """Hand out so many answers one by one from now on, unless the application wants none any more."""


async def read_whole(
    request: ClientRequest, answers: Answers, session: Station, asdu: Asdu, *, repeatable: bool
) -> None:
    """One exchange. ``repeatable``: it may be asked again when it failed before anything was handed out.

    Raises AccessError, LineError or LinkError where the application gets no answer.
    """
    answers.doing = Sentence("client.whole", name=type_name(asdu.type))
    failures = 0
    while True:
        try:
            await request.exchange(session, asdu, answers.give)
        except ContentTimeout:
            pass  # the application has seen what the meter said: no data yet
        except (AccessError, LineError, LinkError) as error:
            failures += 1
            if request.has_answered or not repeatable or isinstance(error, AccessError) or failures == _MOST_FAILURES:
                raise
            await request.pause(_PAUSE_AFTER_FAILURE)
            continue
        except Iec102Error:
            answers.give(request.last)
        return


class PiecewiseReading:
    """A range reading, the others' turn between two pieces."""

    def __init__(self, request: ClientRequest, answers: Answers, splitter: RangeSplitter) -> None:
        self._request = request
        self._answers = answers
        self._splitter = splitter
        self._confirmed = False
        self._latest: float | None = None
        self._first_of_piece = True

    async def run(self, session: Station) -> None:
        """Read the range. Raises AccessError, LineError or LinkError where the application gets no further answer."""
        splitter, answers = self._splitter, self._answers
        failures = 0
        while (piece := splitter.request) is not None:
            answers.doing = f"{type_name(splitter.asked.type)}, {splitter.progress:.0%}"
            self.hold_back()
            self._first_of_piece = True
            await self._request.wait_until(lambda: answers.waiting_bytes <= _ENOUGH_WAITING)
            try:
                answered = await self._request.exchange(session, piece, self._emit, piece=True)
            except CutShort:
                splitter.cut_short(self._request.elapsed)
            except ContentTimeout:
                return
            except (LineError, LinkError):
                failures += 1
                if failures == _MOST_FAILURES:
                    raise
                splitter.broken()
                await self._request.pause(_PAUSE_AFTER_FAILURE)
                continue
            except AccessError:
                raise
            except Iec102Error:
                splitter.refused(self._request.last)
            else:
                splitter.done(answered.received - answered.sent)
            failures = 0
        for part in splitter.finish(confirmed=self._confirmed):
            answers.give(part)

    def hold_back(self) -> None:
        """Let some answers last until the next piece; how many is judged anew."""
        self._answers.hold_back(self._answers.buffer.size)

    def _emit(self, asdu: Asdu) -> None:
        asked, now = self._splitter.asked, asyncio.get_running_loop().time()
        if asdu.type == asked.type:
            if not self._confirmed and asdu.cause == Cause.CONFIRMATION:
                self._confirmed = True
                self._answers.give(replace(asked, cause=Cause.CONFIRMATION))
            return
        if self._first_of_piece and self._latest is not None:
            self._answers.buffer.waited(now - self._latest)
        self._first_of_piece, self._latest = False, now
        for part in self._splitter.take(asdu):
            self._answers.give(part)
        if self._splitter.overruns(self._request.elapsed):
            self._request.cut_short()
