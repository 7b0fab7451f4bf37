"""What goes on beside live reading and would end with the meter: whoever leaves it is asked first, and told after."""

from __future__ import annotations

from iec102_tui.meter_side.session import Session
from iec102_tui.words.plain_text import short_path


def work_of(session: Session, *, recordings: bool = True) -> list[str]:
    """What would end, a sentence each; empty when nothing would. Recordings are complete whenever they end."""
    engine = session.engine
    if engine is None:
        return []
    found = recordings_of(session, "are being recorded to") if recordings else []
    if session.downloads.running:
        found.append("A download is running; what has come is kept.")
    clients = 0 if session.gateway is None else len(session.gateway.clients)
    if clients:
        whom = "1 application reads" if clients == 1 else f"{clients} applications read"
        found.append(f"{whom} the meter through the gateway.")
    return found


def recordings_of(session: Session, words: str) -> list[str]:
    """Where the recordings of the meter that is shown go, a sentence each."""
    engine = session.engine
    recorders = {} if engine is None else {"Readings": engine.recorder, "Frames": session.frame_recorder}
    return [
        f"{what} {words} {short_path(recorder.path)}" for what, recorder in recorders.items() if recorder is not None
    ]
