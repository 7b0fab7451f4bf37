"""What the monitor shows, by the widgets that Textual brings along: a DataTable of the values, a RichLog of the frames.

A program to measure against; `bench_monitor` runs it on a terminal.
"""

from iec102.meter.signals import SIGNALS
from iec102_tui.captures.frame_text import meaning_of
from iec102_tui.meter_side.session import Session
from iec102_tui.profiles.connection import demo
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import DataTable, Footer, Header, RichLog


class PlainMonitor(App[None]):
    """The 24 signals with statistics, and the frames beside them."""

    CSS = "DataTable { width: 2fr; } RichLog { width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()
        self._next = 0

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal():
            yield DataTable()
            yield RichLog(max_lines=10_000)
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for name in ("signal", "value", "unit", "minimum", "mean", "maximum"):
            table.add_column(name, key=name)
        for signal in SIGNALS:
            table.add_row(signal.label, "", signal.unit or "", "", "", "", key=signal.key)
        self.session.attach(self._news)
        self.session.connect(demo())

    def _news(self) -> None:
        latest, history, frames = self.session.latest, self.session.history, self.session.frames
        log = self.query_one(RichLog)
        for record in frames.records(range(self._next, frames.end)):
            log.write(f"{record.wall:%H:%M:%S.%f} {meaning_of(record)}")
        self._next = frames.end
        if latest is None or latest.reading is None or history is None:
            return
        table = self.query_one(DataTable)
        for key, value in latest.reading.values.items():
            found = history.statistics[key]
            table.update_cell(key, "value", str(value.value))
            for name, figure in (("minimum", found.low), ("mean", found.mean), ("maximum", found.high)):
                table.update_cell(key, name, f"{figure:.1f}" if figure is not None else "")


if __name__ == "__main__":
    app = PlainMonitor()
    try:
        app.run()
    finally:
        app.session.close()
