"""What goes on beside live reading and would end with the meter: whoever leaves it is asked first, and told after."""

from __future__ import annotations

from iec102_tui.meter_side.session import Session
from iec102_tui.words.plain_text import short_path
from iec102_tui.words.text import N_, _, ngettext


def work_of(session: Session, *, recordings: bool = True) -> list[str]:
    """What would end, a sentence each; empty when nothing would. Recordings are complete whenever they end."""
    service = session.service
    if service is None:
        return []
    found = recordings_of(session) if recordings else []
    if session.downloads.running:
        found.append(_("A download is running; what has come is kept."))
    clients = 0 if session.gateway is None else len(session.gateway.clients)
    if clients:
        found.append(
            ngettext(
                "{count} application reads the meter through the gateway.",
                "{count} applications read the meter through the gateway.",
                clients,
            )
        )
    return found


def recordings_of(session: Session, *, ended: bool = False) -> list[str]:
    """Where the recordings of the meter that is shown go, or went, a sentence each."""
    service = session.service
    if service is None:
        return []
    readings, frames = N_("Readings are being recorded to {path}"), N_("Frames are being recorded to {path}")
    if ended:
        readings, frames = N_("Readings were recorded to {path}"), N_("Frames were recorded to {path}")
    recorders = ((readings, service.recorder), (frames, session.frame_recorder))
    return [_(template, path=short_path(recorder.path)) for template, recorder in recorders if recorder is not None]
