"""What goes on beside live reading and would end with a meter: whoever leaves it is asked first, and told after."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from iec102_tui.meter_side.session import Session
from iec102_tui.words.plain_text import printable, short_path
from iec102_tui.words.text import N_, _, ngettext

if TYPE_CHECKING:
    from iec102.gateway import GatewayStatus

    from iec102_tui.meter_side.frame_recorder import CaptureRecorder
    from iec102_tui.meter_side.reading_recorder import Recorder


class _Work(NamedTuple):
    """What goes on with one meter."""

    name: str
    recorder: Recorder | None
    frame_recorder: CaptureRecorder | None
    is_downloading: bool
    gateway: GatewayStatus | None


def _all_work(session: Session) -> list[_Work]:
    """With each meter that is read, that which is shown first."""
    found = []
    if (service := session.service) is not None:
        connection = session.connection
        name = "" if connection is None else connection.name
        runs = session.downloads.runs(connection)
        found.append(_Work(name, service.recorder, session.frame_recorder, runs, session.gateway))
    for meter in session.others:
        service = meter.service
        if meter.is_running:
            runs = session.downloads.runs(meter.connection)
            found.append(_Work(meter.name, service.recorder, service.frame_recorder, runs, service.gateway))
    return found


def work_of(session: Session, *, recordings: bool = True, names: Collection[str] | None = None) -> list[str]:
    """What would end, a sentence each; empty when nothing would. Recordings are complete whenever they end.

    ``names``: of the meters that would be left, None: of all.
    """
    works = _all_work(session)
    left = [work for work in works if names is None or work.name in names]
    return [_of(work, sentence, len(works)) for work in left for sentence in _sentences(work, recordings=recordings)]


def ended_recordings(session: Session, *, names: Collection[str]) -> list[str]:
    """Where the recordings of these meters have gone, a sentence each."""
    works = _all_work(session)
    left = [work for work in works if work.name in names]
    return [_of(work, sentence, len(works)) for work in left for sentence in _recordings(work, ended=True)]


def _of(work: _Work, sentence: str, count: int) -> str:
    """Which meter it is about, where there are several."""
    return sentence if count < 2 else _("{name}: {sentence}", name=printable(work.name), sentence=sentence)


def _sentences(work: _Work, *, recordings: bool) -> list[str]:
    found = _recordings(work) if recordings else []
    if work.is_downloading:
        found.append(_("A download is running; what has come is kept."))
    clients = 0 if work.gateway is None else len(work.gateway.clients)
    if clients:
        found.append(
            ngettext(
                "{count} application reads the meter through the gateway.",
                "{count} applications read the meter through the gateway.",
                clients,
            )
        )
    return found


def _recordings(work: _Work, *, ended: bool = False) -> list[str]:
    readings, frames = N_("Readings are being recorded to {path}"), N_("Frames are being recorded to {path}")
    if ended:
        readings, frames = N_("Readings were recorded to {path}"), N_("Frames were recorded to {path}")
    recorders = ((readings, work.recorder), (frames, work.frame_recorder))
    return [_(template, path=short_path(recorder.path)) for template, recorder in recorders if recorder is not None]
