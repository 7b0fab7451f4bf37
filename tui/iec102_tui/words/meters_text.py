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

SPEED_AND_FORMAT = N_("Speed and format")
TIMEOUT_AND_RETRIES = N_("Timeout, retries")
RATIOS = N_("Ratios, V and A")
GATEWAY = N_("Gateway")
SECTOR = N_("Files of the sector")
ADVANCED = N_("Advanced")
SET_TO = N_("{name} {value}")
AS_USUAL = N_("as usual")
CONNECTION = N_("Connection")
CONNECTION_HELP = N_("Left and Right choose: a serial port, the network, a modem, or the built-in simulated meter.")
METER_ID = N_("Meter ID")
METER_ID_HELP = N_("Its last five digits give the link address at Iberdrola and Endesa. It is not saved.")
NO_PORTS = N_("This machine shows no serial port: check the cable of the adapter and its driver.")
SERIAL_PORTS = N_("Serial ports")
ON_DISPLAY = N_("On the meter's display: {where}.")
RANGE = N_("{range}.")
WRONG_FIELD = N_("{label}: {reason}.")
HINTS = {
    "meter_id": N_("gives the link address"),
    "password": N_("empty: asked for"),
    "poll_period": N_("seconds; 0: back to back"),
    "timezone": N_("of the meter's clock"),
}

NEW_METER_OF = N_("New meter: with whose defaults?")
NO_UTILITY = N_("None of these")
UTILITY_PRESET = N_("Utility defaults")
PRESET = N_("{utility} defaults applied; nothing is saved yet.")
PRESET_AND_ID = N_("{utility} defaults applied; nothing is saved yet. The meter ID gives the link address.")

SINCE = N_("{state} since {time:%H:%M}")
METERS = N_("Meters")
CONNECTED_OF = N_("{connected} of {count} connected")
SAVED = N_("saved")
NOT_SAVED = N_("not saved")
ERROR_IN_FILE = N_("error in the file")
SIMULATED_METER = N_("Simulated meter")
SIMULATED_DETAIL = N_("no hardware needed: Enter tries it")
NEW_METER = N_("New meter")
NEW_DETAIL = N_("by its ID, with utility defaults")
WITH_ERROR = N_("{name} (error)")
CHECK = N_("Connection check")
CHECK_EMPTY = N_("k walks the steps to this meter, one by one: port, link, password, values, clock.")
CHECK_OF = N_("Check of {name}")
CHECK_KEYS = N_("V judges the meter, s saves it, Escape goes back")

NO_METER_CHOSEN = N_("No meter chosen")
SENT_AGAIN_ONLY = N_("The password is sent again only when you connect again (c)")
GO_ON = N_("Go on")
STAY = N_("Stay")
DISCONNECT = N_("Disconnect?")
DISCONNECTED = N_("Disconnected.")
NONE_CONNECTED = N_("No meter is connected.")
NOT_THIS_ONE = N_("{name} is not connected.")
CONNECT_ALL = N_("Connect all?")
ALL_OF_THEM = N_("All of them")
NONE_THAT_DIALS = N_("Only those that no modem has to call")
STAY_AS_IT_IS = N_("None")
NOTHING_TO_CONNECT = N_("All saved meters are connected.")
WITHOUT_PASSWORD = N_("{names}: no password is saved; c asks for it.")
WITHOUT_LINE = N_("{names}: another meter has the port or converter.")
WITH_REFUSAL = N_("{names}: the password was refused, or not answered; c sends it again.")
WITH_MISTAKE = N_("{names}: there is an error in the file of profiles.")
RECORDED = N_("REC")
DOWNLOADING = N_("download {percent:.0f} %")
CONNECTING = N_("Connecting to {name}. F2 shows the values.")
CONNECTING_BESIDE = N_("Connecting to {name}. Enter shows it.")
CHECK_AGAIN = N_("Check?")
SEND_AGAIN = N_("Send the password again")
DO_NOT_CHECK = N_("Do not check")
DO_NOT_CONNECT = N_("Do not connect")
WAS_REFUSED = (
    N_("The meter has refused this password, or did not answer it."),
    N_("Several wrong ones lock it."),
)
NOTHING_TO_SEARCH = N_("Nothing to search: {why}")
LINE_IN_USE = N_("The line is in use: disconnect first (d).")
GATEWAY_OPENS = N_("The gateway is being opened. W shows its clients.")
GATEWAY_CLOSED = N_("The gateway is closed.")
GATEWAY_OFF = N_("The gateway is off.")
GATEWAY_KEYS = N_("Escape goes back; K forgets wrong passwords; w on F1: gateway on/off")
LATEST = N_("latest")

FIND_TITLE = N_("Find the meter")
FIND_NO_PORTS = N_("this machine shows no serial port: check the cable of the adapter and its driver")
FIND_KEYS = N_("Escape stops and goes back")
FIND_TAKE_KEYS = N_("Enter takes it to the form, Escape goes back")
FOUND_FILLED = N_("Filled in as it answers; nothing is saved yet (s).")

NOT_CONNECTED = N_("Not connected. {why}")
NOT_CONNECTED_WHY = N_("Not connected: {why}")
NOT_SAVED_WHY = N_("Not saved. {why}")
RENAME = N_("Rename: name of the meter")
SAVE_AS = N_("Save as: name of the meter")
RENAMED = N_("Renamed to {name}.")
COPIED = N_("Copied to {name}.")
PUT_BACK = N_("Put back {name}.")
WAS_SAVED = N_("Saved {name}.")
DELETED = N_("Deleted {name}; u puts it back.")
AS_SAVED = N_("The form is as it was saved.")
CONFLICT = N_("{what} S overwrites that, b takes it.")
GONE = N_("{name} is gone from the file of profiles; what was in its form is now the new meter.")
READ_AGAIN = N_("The file of profiles was changed and has been read again.")
NOTHING_DELETED = N_("Nothing was deleted here that could be put back.")
FILE_NOT_SAVED = N_("The file of profiles is not saved: {why}.")
MUST_BE = N_("must be {wanted}")
FIELD_IS_WRONG = N_("{field} {why}")
AT_LINK_ADDRESS = N_("link address {address}")
AT_POINT_ADDRESS = N_("point address {address}")
