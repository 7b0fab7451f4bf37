"""What the fleet says: its columns, its states, what stands around them."""

from __future__ import annotations

from iec102_tui.words.text import N_

TITLE = N_("Fleet")
METERS_TAB = N_("Meters")
# Translators: heads of columns; at most as wide as what stands here, and two cells more.
STATE, METER, BOX, AGE, HOUR, MONTH, NEW = (
    N_("state"),
    N_("meter"),
    N_("box"),
    N_("age"),
    N_("last hour"),
    N_("month"),
    # Translators: the head of a column with the count of new events.
    N_("new"),
)
POWER, REACTIVE, FACTOR, VOLTS = "kW", "kvar", "PF", "V"
WHAT, HERE, BY_ITS_CLOCK = N_("state of the line"), N_("heard"), N_("its clock")
CLOCK, METER_CLOCK, IDENTITY, LINK, GATEWAY = (
    # Translators: how far the clock of the box is off; the head of a column.
    N_("box clock"),
    N_("meter clock"),
    N_("identity"),
    # Translators: the head of the column with link addresses.
    N_("link"),
    N_("gateway"),
)

LIVE_COUNT = (N_("{count} live"), N_("{count} live"))
STALE_COUNT = (N_("{count} stale"), N_("{count} stale"))
LOST_COUNT = (N_("{count} lost"), N_("{count} lost"))
OFF_COUNT = (N_("{count} not read"), N_("{count} not read"))
METERS_COUNT = (N_("{count} meter"), N_("{count} meters"))
SUM = N_("sum")
SUM_OF = N_("sum of {count}")
SORTED_BY = N_("sorted by {column}")
SORTED_BY_THEN = N_("sorted by {column}, then name")
SORTED_DOWN = N_("sorted by {column}, largest first")
TYPE_TO_SEARCH = N_("type to search")
OF_ALL = N_("{first} to {last} of {count}")
FILTERED_OF = N_("{count} of {total} pass the filter")
MARKED = (N_("{count} marked"), N_("{count} marked"))
REFUSED = (N_("{count} message refused"), N_("{count} messages refused"))

OFFLINE_SINCE = N_("box is offline since {time}")
OFFLINE = N_("box is offline")
STATE_SINCE = N_("{state} since {time}")
NO_VALUES = N_("no values yet")
OLD = N_("{age} old")
AGE_UNKNOWN = N_("of unknown age")
COMPLETE = N_("complete")
NO_GAPS = N_("no gaps")
GAPS = (N_("{count} gap"), N_("{count} gaps"))
BOX_UNKNOWN = N_("the box does not tell its state")
BOX_UNKNOWN_SHORT = N_("box tells no state")
CLOCK_OFF = N_("the clock of its box is off: {time}")
UNDATED = N_("its values do not say when they were measured")
FORGOTTEN = N_("the broker has nothing of it any more")
VALUES_FORGOTTEN = N_("the broker has no values of it any more")
FORGOTTEN_NAME = N_("{name}: the broker has nothing of it any more, so there is no way to it.")

CONNECTING = N_("connecting to {host}")
AWAY_VALUES = N_("broker away, values of {time:%H:%M}: {why}")
AWAY = N_("broker away: {why}")
WAS_AWAY = N_("The broker was away from {since:%H:%M:%S} to {until:%H:%M:%S}: live values of that time are missing.")
EMPTY = (
    N_("No meter yet."),
    N_("The broker {url} is heard under {topic}/#. Meters appear as soon as a box publishes them:"),
    N_("iec102-tui collect --all, iec102-tui read north --watch 5 --publish, or monitor = true in [broker]."),
)
NOTHING_PASSES = N_("No meter passes the filter: x shows all.")
FILTER = N_("filter")
SORT_TITLE = N_("Sort by")
EXPORTED = N_("{count} rows written to {path}")
FLEET_IS = N_("The fleet is")
NOTHING_TO_EXPORT = N_("There is no row to export.")
NOT_TAKEN = N_("Messages that were not taken")
NONE_REFUSED = N_("Every message was taken.")
DROPPED = N_("messages for which there was no room, or that were too large")

NO_GATEWAY = N_("{name}: its box does not say where its gateway is (gateway in info), so there is no way through it.")
BAD_GATEWAY = N_("{name}: what its box says of its gateway is no address: {address}.")
LOCAL_GATEWAY = N_("{name}: the gateway of its box, {address}, is there for the programs of that box alone.")
NO_ADDRESS = N_("{name}: its box does not say its link address and point address.")
THROUGH = N_("{name} through {address}")
NO_BROKER = N_("There is no broker: set url in [broker] of config.toml, or give URL to iec102-tui fleet.")
IS_LIVE, IS_STALE, IS_LOST, IS_OFF = N_("live"), N_("stale"), N_("lost"), N_("not read")
WAITING, GIVEN_UP = N_("waits at the box"), N_("given up by the box")
NONE_HEARD = N_("none came while the broker was heard")
EVENTS, CLOSINGS, IDENTITY_PART = N_("Events"), N_("Closings"), N_("Identity")
