"""What the connection pane says: the first run, the list of meters, the form, the check beside it."""

from __future__ import annotations

from iec102_tui.words.text import N_

WELCOME = N_("Welcome. No meter is saved yet.")
WHERE_NUMBERS_ARE = N_(
    "Where the meter shows its numbers: Info, L45 Comms (speed and format), L46 Identifiers (0.00.5 link address, "
    "0.00.6 point address)."
)
TRY_SIMULATED = (
    N_("Try the simulated meter"),
    N_("live values, load profile and events, with no hardware"),
)
FIND_METER = (
    N_("Find a meter on this machine's serial ports"),
    N_("tries speeds, formats and addresses; changes nothing in a meter"),
)
SET_UP_METER = (
    N_("Set up a meter"),
    N_("by its ID, with the defaults of {utilities}"),
)
OPEN_CAPTURE = (
    N_("Open a capture"),
    N_("frames recorded before, without a meter"),
)
UTILITIES = N_("{others} or {last}")

CAPTURE_PATH = N_("Open a capture: its file, JSON Lines, pcapng or text")
NOT_OPENED = N_("{path} was not opened: {why}.")
LOADING = N_("Loading the saved meters ...")
ADDRESSES_TO_TRY = N_("Find: link addresses to try, such as 1,5,100-200")
CONNECT_TO = N_("Connect to {name}?")
