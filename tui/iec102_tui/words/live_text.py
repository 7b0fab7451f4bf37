"""What the live pane says: titles, directions, what is wrong with a value."""

from __future__ import annotations

from iec102_tui.words.text import N_

POWER_FACTOR = N_("Power factor")
INDUCTIVE = N_("inductive")
CAPACITIVE = N_("capacitive")
IMPORT = N_("import")
EXPORT = N_("export")

PHASE = N_("phase")
PHASE_TITLES = (N_("Voltage"), N_("Current"), N_("Active"), N_("Reactive"), POWER_FACTOR)
"""The columns of the phase table; V, A, kW and kVAr stand behind the first four."""
PHASE_TREND = N_("{unit}, {minutes} min")
MINUTES = N_("{minutes} min")
ADDED = N_("energy, and what was added in {minutes} min")
TREND = N_("{label}, {unit}")
TREND_ADDED = N_("{label}, {unit} added in {minutes} min")
TREND_FIGURES = N_("min {low}  mean {mean}  max {high}")
NO_TREND = N_("no valid values in these minutes")
NO_VALUES = N_("no values yet")
WHICH_KEY = N_("F1, then k tests the connection step by step, f finds the meter.")
PLOT = N_("{what}, {unit}, last {minutes} minutes")
PLOT_STALE = N_("STALE, {age} old: {title}")
PLOT_AGE_UNKNOWN = N_("STALE, age unknown: {title}")
PLOT_ALL = N_("all of this unit")
NO_UNIT = N_("no unit")
VECTORS = N_("V and I (V assumed)")
ANGLES = N_("I behind V by {first}, {second}, {third}")

WIRING_GOOD = N_("wiring: no fault seen")
WIRING_OPEN = N_("wiring: not judged")
WIRING_PHASES = N_("\N{BLACK UP-POINTING TRIANGLE} wiring: look at {phases} (V)")
WIRING_FAULT = N_("\N{BLACK UP-POINTING TRIANGLE} wiring: a fault is seen (V)")

SECONDARY = N_("secondary values")
PRIMARY = N_("primary ({source})")
RATIO_SOURCES = (N_("profile"), N_("meter"))
"""As `profiles.ratio.Ratios` has them."""
RATIOS_UNKNOWN = N_("SECONDARY, no ratio")
PRIMARY_RATIOS = N_("primary, {ratios}")
AGO = N_("{age} ago")
STALE_FOR = N_("STALE, {age} old")
STALE_AGE_UNKNOWN = N_("STALE, age unknown")
HELD = N_("HELD, {age} old")
INVALID_COUNT = N_("\N{HEAVY MULTIPLICATION X} {count} INVALID")
MISSING_COUNT = N_("{count} without data")
ALARM_COUNT = (N_("\N{BLACK UP-POINTING TRIANGLE} {count} alarm"), N_("\N{BLACK UP-POINTING TRIANGLE} {count} alarms"))
CONTRACTED = N_("contracted {period}")
CONTRACTED_USE = N_("{power} of {contracted} kW")

NOTHING_TO_RECORD = N_("There is nothing to record: connect to a meter first (F1).")
RECORDED = N_("Recorded to {where}")
RECORDING = N_("REC {time} {path}")
READINGS_ARE = N_("Readings are")
ALARMS = N_("Alarms since the connection")

INVALID = N_("INVALID")
NO_DATA = N_("no data")
STALE = N_("stale")
ABOVE = N_("HIGH")
BELOW = N_("LOW")

EMPTY = (
    N_("No meter is being read"),
    N_(
        "Live shows the 24 signals of a meter every second: power with its direction, each phase, energies and their "
        "trends."
    ),
    N_("F1 goes to the meters: choose one there, or try the simulated meter."),
    N_("From a shell: iec102-tui --demo, or iec102-tui --profile north"),
)
"""The empty pane: what it is, what fills it, and an example."""

LIST_TITLES = (N_("signal"), N_("value"), N_("unit"), N_("note"))
AGE = N_("age")
TREND_COLUMN = N_("trend")
MINIMUM = N_("minimum")
MAXIMUM = N_("maximum")
MEAN = N_("mean")
