"""What of the frame log goes to files: the recording of all frames, and exports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from iec102.transport.tap import TapRecord

from iec102_tui.captures.frame_text import masked
from iec102_tui.files.file_thread import LONG
from iec102_tui.files.text_file import dated_path
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.pane import Pane
from iec102_tui.words.plain_text import short_path

_FORMATS = {
    "JSON Lines, for this program and for scripts": "jsonl",
    "Text, each frame with its bytes and its meaning": "txt",
    "pcapng, for Wireshark": "pcapng",
}
_SECRETS = ["The password stays masked", "With the password: in this one file"]


def recording_words(session: Session) -> str:
    """What is recorded, and where; empty while nothing is."""
    recorder = session.frame_recorder
    if recorder is None:
        return "REC from the next connection on" if session.recording_to else ""
    if recorder.error and not recorder.was_made:
        return f"Not recorded: {recorder.error}"
    return recorder.error or f"REC {recorder.written}  {short_path(recorder.path)}"


async def toggle_recording(pane: Pane, folder: Path) -> None:
    """Begins the recording of all frames, or ends it; one that has failed is begun again."""
    session = pane.session
    recorder = session.frame_recorder
    if session.recording_to and (recorder is None or recorder.is_open):
        session.end_recording_frames()
        where = "" if recorder is None else f": {recorder.words()}"
        pane.notify(f"Frames are no longer recorded{where}", markup=False)
    elif (recorder := session.record_frames(folder)) is not None:
        await pane.report(recorder.opened())


async def export(pane: Pane, folder: Path, choices: Mapping[str, Callable[[], Sequence[TapRecord]]]) -> None:
    """Asks which frames, as what and whether with the password, and writes them."""
    names = list(choices)
    which = await _pick(pane, "Export", names)
    kind = None if which is None else await _pick(pane, "As what?", list(_FORMATS))
    if which is None or kind is None:
        return
    records = choices[names[which]]()
    secrets: int | None = 0
    if await asyncio.to_thread(_has_secrets, records):
        secrets = await _pick(pane, "Some of these frames carry the meter's password", _SECRETS)
    if secrets is None:
        return
    from iec102_tui.captures.export import FrameFormat, export_frames  # loaded when it is used

    form = FrameFormat(list(_FORMATS.values())[kind])
    session = pane.session
    path = dated_path(folder, "frames", session.clock.wall(), form)
    header = session.header()
    written = pane.session.exports.run(
        lambda: export_frames(path, records, form, header, include_secrets=secrets == 1), LONG
    )
    done = f"{len(records)} frames written to {path}"
    await pane.report(written, path, done, f"{len(records)} exported frames are")


async def _pick(pane: Pane, title: str, lines: Sequence[str]) -> int | None:
    from iec102_tui.widgets.pick_dialog import PickScreen  # loaded when it is used

    return await pane.app.push_screen_wait(PickScreen(title, lines))


def _has_secrets(records: Sequence[TapRecord]) -> bool:
    """Bytes are masked that this program knows."""
    return any(masked(record) - record.hidden for record in records)
