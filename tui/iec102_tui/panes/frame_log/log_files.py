"""What of the frame log goes to files: the recording of all frames, and exports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from iec102.transport.tap import TapRecord

from iec102_tui.captures.frame_text import masked
from iec102_tui.files.file_thread import LONG
from iec102_tui.files.text_file import dated_path
from iec102_tui.meter_side.session import Session
from iec102_tui.panes.frame_log.frame_list import FrameList
from iec102_tui.panes.pane import Pane
from iec102_tui.words import log_text
from iec102_tui.words.plain_text import short_path
from iec102_tui.words.text import N_, _, ngettext

Choices = dict[str, Callable[[], Sequence[TapRecord]]]

_FORMATS = {
    N_("JSON Lines, for this program and for scripts"): "jsonl",
    N_("Text, each frame with its bytes and its meaning"): "txt",
    N_("pcapng, for Wireshark"): "pcapng",
}
_SECRETS = [N_("The password stays masked"), N_("With the password: in this one file")]


def recording_words(session: Session) -> str:
    """What is recorded, and where; empty while nothing is."""
    recorder = session.frame_recorder
    if recorder is None:
        return _("REC from the next connection on") if session.recording_to else ""
    if recorder.error and not recorder.was_made:
        return _("Not recorded: {why}", why=recorder.error)
    if recorder.error:
        return recorder.error
    return _("REC {count}  {path}", count=recorder.written, path=short_path(recorder.path))


async def toggle_recording(pane: Pane, folder: Path) -> None:
    """Begins the recording of all frames, or ends it; one that has failed is begun again."""
    session = pane.session
    recorder = session.frame_recorder
    if session.recording_to and (recorder is None or recorder.is_open):
        session.end_recording_frames()
        over = _("Frames are no longer recorded")
        if recorder is not None:
            over = _("Frames are no longer recorded: {where}", where=recorder.words())
        pane.notify(over, markup=False)
    elif (recorder := session.record_frames(folder)) is not None:
        await pane.report(recorder.opened())


def choices_of(frames: FrameList, text: str, *, paused: bool) -> Choices:
    """Which frames can be exported; ``text`` is the filter."""
    ring, view = frames.frames, frames.view
    everything = log_text.all_frames(ring.end - ring.start, paused=paused)
    choices: Choices = {everything: lambda: ring.records(range(ring.start, ring.end))}
    if frames.filtered or frames.quiet:
        name = log_text.passing(text if frames.filtered else "", frames.row_count)
        choices[name] = lambda: ring.records(view.numbers)
    if frames.marks:
        choices[log_text.marked_frames(len(frames.marks))] = lambda: ring.records(sorted(frames.marks))
    return choices


async def export(pane: Pane, folder: Path, choices: Choices) -> None:
    """Asks which frames, as what and whether with the password, and writes them."""
    names = list(choices)
    which = await _pick(pane, _("Export"), names)
    kind = None if which is None else await _pick(pane, _("As what?"), [_(name) for name in _FORMATS])
    if which is None or kind is None:
        return
    records = choices[names[which]]()
    secrets: int | None = 0
    if await asyncio.to_thread(_has_secrets, records):
        secrets = await _pick(
            pane, _("Some of these frames carry the meter's password"), [_(line) for line in _SECRETS]
        )
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
    count = len(records)
    done = ngettext("{count} frame written to {path}", "{count} frames written to {path}", count, path=path)
    await pane.report(written, path, done, ngettext("{count} exported frame is", "{count} exported frames are", count))


async def _pick(pane: Pane, title: str, lines: Sequence[str]) -> int | None:
    from iec102_tui.widgets.pick_dialog import PickScreen  # loaded when it is used

    return await pane.app.push_screen_wait(PickScreen(title, lines))


def _has_secrets(records: Sequence[TapRecord]) -> bool:
    """Bytes are masked that this program knows."""
    return any(masked(record) - record.hidden for record in records)
