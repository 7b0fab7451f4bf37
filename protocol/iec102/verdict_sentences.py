"""What a verdict says in English, by its codes, as in ``sentences``: of wiring, meter and month."""

from __future__ import annotations

VERDICT: dict[str, str | tuple[str, str]] = {
    # What a meter's own values say of its wiring
    "verdict.too_short": (
        "{readings} usable readings in {seconds:.0f} s: the wiring needs {least:.0f} s of them, {fewest} at least"
    ),
    "verdict.light": "too little load on {phase} to judge it ({current:.2f} A, {active:.1f} kW)",
    "verdict.voltage_missing": (
        "the voltage of {phase} is missing ({voltage:.1f} V) while its current flows: look at its fuse and its "
        "voltage lead"
    ),
    "verdict.phase_missing": (
        "{phase} has no voltage ({voltage:.1f} V) and no current: look at its fuse and its voltage lead, and "
        "whether it is "
        "supplied"
    ),
    "verdict.ct_open": (
        "no current in {phase} while the other phases are loaded: either its current transformer is open or "
        "shorted, or "
        "nothing is connected to {phase}"
    ),
    "verdict.ct_reversed": (
        "{phase} has power in the other direction than the other phases: either its current transformer is "
        "reversed, or "
        "there is generation on {phase}: look at night"
    ),
    "verdict.ct_reversed_perhaps": (
        "{phase} has power in the other direction than the other phases, and too little reactive power to tell a "
        "reversed "
        "current transformer from generation on {phase}: look at night"
    ),
    "verdict.ct_swapped": (
        "the currents of {phases} are turned by 120 degrees, each in its direction: their current transformers are "
        "exchanged, if the site does not generate now"
    ),
    "verdict.uneven": (
        "the phases have different power factors, which no single wiring fault explains: compare again at another load"
    ),
    "verdict.exporting": (
        "all phases export: either the site generates, or all current transformers are reversed or rotated, which the "
        "values cannot tell apart: look at night"
    ),
    "verdict.phases_good": "voltages and currents go together in all three phases",
    "verdict.sum_off": "the phases add up to {phases:.1f} kW where the total says {total:.1f} kW",
    "verdict.sum_good": "the phases add up to the total ({phases:.1f} kW, {total:.1f} kW)",
    "verdict.no_ratio": "the ratios of the transformers are not known: set them in the profile",
    "verdict.light_ratio": "too little load to judge the ratios ({apparent:.1f} kVA)",
    "verdict.ratio_off": (
        "power makes {apparent:.1f} kVA where voltages, currents and the ratios make {expected:.1f} kVA: a ratio "
        "is wrong "
        "by the factor {factor:.2f}"
    ),
    "verdict.ratio_phase": (
        "{phase} has {apparent:.1f} kVA by its power and {expected:.1f} kVA by voltage, current and ratio, while "
        "the other "
        "phases fit: its current transformer has another ratio"
    ),
    "verdict.ratio_good": "the ratios fit: {apparent:.1f} kVA of power, {expected:.1f} kVA of voltages and currents",
    # What is said of the meter itself
    "verdict.serial_not_told": "the meter does not tell its number",
    "verdict.serial_unknown": "the meter has the number {serial}: nothing says yet whether it is the right one",
    "verdict.serial_right": "it is the right meter: number {serial}",
    "verdict.serial_other": "it is another meter: number {serial} where {expected} was expected",
    "verdict.ratio_not_told": "the meter does not tell its ratios",
    "verdict.ratio_no_profile": "the meter has ratios of {meter:g} in all: the profile has none to compare with",
    "verdict.ratio_same": "the ratios of the meter and of the profile make the same, {meter:g} in all",
    "verdict.ratio_other": "the meter has ratios of {meter:g} in all, the profile of {profile:g}",
    "verdict.clock_not_told": "the meter does not tell its time",
    "verdict.clock_repeated": "the answer with the time was repeated on the line, so that the clock cannot be judged",
    "verdict.clock_unsure": (
        "the answer with the time took long: the clock is {seconds:+.1f} s off, unsure by {unsure:.0f} s"
    ),
    "verdict.clock_right": "the clock is right, {seconds:+.1f} s",
    "verdict.clock_right_to_the_minute": "the clock is right to the minute, which is all that the meter tells",
    "verdict.clock_off": "{words}",
    "verdict.address_same": "it has the addresses that it was asked by: link {link}, point {point}",
    "verdict.address_other": (
        "it says that its addresses are link {link_address}, point {point_address}, and answers at link {link}, point "
        "{point}"
    ),
    "verdict.drift_unknown": "the drift of the clock is not known yet: it shows in two visits, a day apart at least",
    "verdict.drift_good": "the clock drifts by {drift:+.2f} s a day over {days:.0f} days",
    "verdict.drift_off": "the clock drifts by {drift:+.2f} s a day over {days:.0f} days, where 0.5 s is the limit",
    "verdict.summer_bit_kept": "the meter keeps the summer time bit (SU) of its times",
    "verdict.summer_bit_ignored": (
        "the meter does not set the summer time bit (SU): who reads its times by the bit is an hour off in summer"
    ),
    "verdict.summer_bit_standard": "the meter stays on winter time all year",
    "verdict.summer_bit_unknown": "whether the meter keeps the summer time bit (SU) does not show: it shows in summer",
    "verdict.closing_good": "contract {contract} was closed last on {end:%Y-%m-%d}",
    "verdict.closing_late": (
        "contract {contract} is active and was closed last on {end:%Y-%m-%d}, {days:.0f} days ago: look at its closing "
        "dates"
    ),
    "verdict.closing_future": (
        "contract {contract} was closed last on {end:%Y-%m-%d}, which is still to come: look at the clock of the meter"
    ),
    "verdict.closing_no_contract": "the meter does not tell of an active contract: closings are not judged",
    "verdict.closing_none": "contract {contract} is active and has no stored closing",
    "verdict.alarms_on": "the critical alarm is on",
    "verdict.alarms_watched": "the critical alarm is on, and the voltages are watched",
    "verdict.alarms_voltages": "the voltages are watched",
    "verdict.alarms_untold": "the meter does not tell whether these are on: {what}",
    "verdict.alarms_off": "switched off: {what}; check whether it is meant so",
    "verdict.alarm_critical": "critical alarm",
    "verdict.alarm_l1": "failures of the voltage of L1",
    "verdict.alarm_l2": "failures of the voltage of L2",
    "verdict.alarm_l3": "failures of the voltage of L3",
    "verdict.battery_low": "the battery has {battery} % left: change it soon",
    "verdict.battery_good": "the battery has {battery} %",
    "verdict.summer_time_on": "the meter changes to summer time by itself",
    "verdict.summer_time_off": "the meter does not change to summer time by itself",
    "verdict.periods_good": "it records every {minutes} minutes",
    "verdict.periods_odd": "it records every {minutes} minutes, and neither hours nor quarter-hours",
    "verdict.settings_untold": "the meter does not tell all of its settings; not judged: {what}",
    "verdict.setting_battery": "battery",
    "verdict.setting_summer_time": "change to summer time",
    "verdict.setting_periods": "integration periods",
    "verdict.settings_not_told": "the meter does not tell its settings",
    "verdict.energy_short": "readings of {seconds:.0f} s: counters are held against power over {least:.0f} s",
    "verdict.energy_gaps": (
        "readings without a gap of {seconds:.0f} s at most: counters are held against power over {least:.0f} s"
    ),
    "verdict.energy_light": "too little power to hold the counters against it ({mean:.1f} kW)",
    "verdict.energy_good": "the counters fit the power: {counted} kWh counted, {expected:.1f} kWh by power",
    "verdict.energy_off": "the counters do not fit the power: {counted} kWh counted, {expected:.1f} kWh by power",
    # What is said of a month
    "reconcile.complete": "all {expected} {kind} are there",
    "reconcile.gaps": (
        "{count} of {expected} intervals ({kind}) is missing, the first ends at {first:%Y-%m-%d %H:%M %Z}",
        "{count} of {expected} intervals ({kind}) are missing, the first ends at {first:%Y-%m-%d %H:%M %Z}",
    ),
    "reconcile.explained": "{what}; {why}",
    "reconcile.no_supply": "no supply from {since:%d %H:%M} to {until:%d %H:%M} explains {count} of them",
    "reconcile.none": "there are no {kind}",
    "reconcile.sums_good": "{whole} and {parts} agree: {channel} {value} and {of_parts} {unit}",
    "reconcile.sums_rounded": (
        "{whole} and {parts} differ by 1 in {count} interval, which is rounding: {channel} {value} and "
        "{of_parts} {unit}",
        "{whole} and {parts} differ by 1 in {count} intervals, which is rounding: {channel} {value} and "
        "{of_parts} {unit}",
    ),
    "reconcile.sums_one_sided": (
        "{whole} and {parts} differ by 1 an interval and mostly to the same side, which is more than rounding: "
        "{channel} {value} and {of_parts} {unit}"
    ),
    "reconcile.sums_off": (
        "{whole} and {parts} do not agree in {count} interval, most in that which ends at {worst:%Y-%m-%d %H:%M %Z}: "
        "{channel} {value} and {of_parts} {unit}",
        "{whole} and {parts} do not agree in {count} intervals, most in that which ends at {worst:%Y-%m-%d %H:%M %Z}: "
        "{channel} {value} and {of_parts} {unit}",
    ),
    "reconcile.partly": (
        "{count} of {expected} intervals ({whole}) could not be compared: a part of it is missing or not valid",
        "{count} of {expected} intervals ({whole}) could not be compared: parts of them are missing or not valid",
    ),
    "reconcile.of_channels": "{channels}: {what}",
    "reconcile.not_compared": "{whole} and {parts} cannot be compared: one of them is missing",
    "reconcile.not_judged": "{what}: not judged, since {why}",
    "reconcile.what_closing": "the closing",
    "reconcile.what_closing_reactive": "the reactive energy of the closing",
    "reconcile.what_periods": "tariff periods",
    "reconcile.what_maxima": "maxima",
    "reconcile.what_power": "power above the contract",
    "reconcile.what_reactive": "reactive energy beyond its limits",
    "reconcile.what_marks": "marked values",
    "reconcile.why_no_closing": "there is no closing of this month",
    "reconcile.why_no_total": "the closing does not tell its total",
    "reconcile.why_closed_partly": "the closings of this month do not make it up from its start to its end",
    "reconcile.why_running": "the month has not ended",
    "reconcile.why_no_calendar": "seasons and day types of that time are not known",
    "reconcile.why_no_holidays": "the holidays are not known",
    "reconcile.why_other_holidays": "the holidays of {year} are not known, those of other years alone",
    "reconcile.why_no_direction": "it is not known whether the contract bills what the site imports or what it exports",
    "reconcile.why_later_powers": "the contracted powers hold from {since:%Y-%m-%d %H:%M} on",
    "reconcile.why_no_powers": "the contracted powers are not known",
    "reconcile.why_holes": "the seasons and day types do not tell the period of each hour",
    "reconcile.of_contract": "contract {contract}: {what}",
    "reconcile.closing_added": (
        "the month was closed {count} time without a gap: what the closing added is added up",
        "the month was closed {count} times without a gap: what the closings added is added up",
    ),
    "reconcile.closing_marked": "the closing marks values of its own: {words}",
    "reconcile.closing_invalid": "{subject}: the closing marks its own value as not valid",
    "reconcile.closing_partly": (
        "{subject}: the closing has {value}, the hours that are there {of_parts} {unit}; {count} hour has no "
        "valid value",
        "{subject}: the closing has {value}, the hours that are there {of_parts} {unit}; {count} hours have "
        "no valid value",
    ),
    "reconcile.period_untold": (
        "P{period}: the closing does not tell this period, the hours add up to {of_parts} {unit}"
    ),
    "reconcile.closing_good": "{subject}: the closing and the hours agree, {value} and {of_parts} {unit}",
    "reconcile.closing_rounded": "{subject}: the closing has {value}, the hours {of_parts} {unit}, which is rounding",
    "reconcile.closing_off": "{subject}: the closing has {value}, the hours add up to {of_parts} {unit}",
    "reconcile.maximum_good": "period {period}: the maximum {value} kW is the highest quarter-hour ({of_parts} kW)",
    "reconcile.maximum_off": "period {period}: the maximum is {value} kW, the highest quarter-hour {of_parts} kW",
    "reconcile.maximum_invalid": "period {period}: the closing marks its own maximum as not valid",
    "reconcile.maximum_total_invalid": "the closing marks the maximum of all periods as not valid",
    "reconcile.maximum_total_off": ("the maximum of all periods is {value} kW, the highest quarter-hour {of_parts} kW"),
    "reconcile.maximum_partly": (
        "period {period}: the maximum is {value} kW, the highest quarter-hour that is there {of_parts} kW; "
        "{count} quarter-hour has no valid value",
        "period {period}: the maximum is {value} kW, the highest quarter-hour that is there {of_parts} kW; "
        "{count} quarter-hours have no valid value",
    ),
    "reconcile.power_partly": (
        "no quarter-hour that is there is above the contracted power; {count} has no valid value",
        "no quarter-hour that is there is above the contracted power; {count} have no valid value",
    ),
    "reconcile.power_missing": (
        "{count} quarter-hour more has no valid value and may be above the contracted power",
        "{count} quarter-hours more have no valid value and may be above the contracted power",
    ),
    "reconcile.power_earlier": (
        "{count} quarter-hour is not held against the contracted powers, which hold from {since:%Y-%m-%d %H:%M} on",
        "{count} quarter-hours are not held against the contracted powers, which hold from {since:%Y-%m-%d %H:%M} on",
    ),
    "reconcile.power_untold": "period {period}: its contracted power is not known",
    "reconcile.power_good": "no quarter-hour is above the contracted power",
    "reconcile.power_above": (
        "period {period}: {count} quarter-hour above the contracted {contracted} kW, the highest {highest} kW",
        "period {period}: {count} quarter-hours above the contracted {contracted} kW, the highest {highest} kW",
    ),
    "reconcile.reactive_good": "reactive energy stays within 33 % of A+ (Q1, periods 1 to 5) and 20.3 % (Q4, period 6)",
    "reconcile.reactive_partly": (
        "reactive energy stays within its limits in the hours that are there; {count} has no valid value",
        "reactive energy stays within its limits in the hours that are there; {count} have no valid value",
    ),
    "reconcile.reactive_missing": (
        "{count} hour has no valid value of active and reactive energy: the excess may be more or less",
        "{count} hours have no valid value of active and reactive energy: the excess may be more or less",
    ),
    "reconcile.not_in_it": (
        "{count} hour of the period has no valid value and is not in it",
        "{count} hours of the period have no valid value and are not in it",
    ),
    "reconcile.inductive": "period {period}: {excess} of {reactive} kVArh (Q1) are beyond 33 % of {active} kWh",
    "reconcile.capacitive": "period {period}: {excess} of {reactive} kVArh (Q4) are beyond 20.3 % of {active} kWh",
    "reconcile.qualifiers_good": "no value is marked",
    "reconcile.qualifiers": (
        "{count} interval is marked: {words}",
        "{count} intervals are marked: {words}",
    ),
    "reconcile.not_in_sums": (
        "{count} value is not valid and is in no sum",
        "{count} values are not valid and are in no sum",
    ),
    "reconcile.events_unknown": (
        "the events of this month are not all known: failures of supply and settings of the clock may be missing"
    ),
    "reconcile.clock_steady": "the clock was not set",
    "reconcile.clock_set": (
        "the clock was set {count} time, by {largest:.0f} s, first at {first:%Y-%m-%d %H:%M %Z}",
        "the clock was set {count} times, by {largest:.0f} s at most, first at {first:%Y-%m-%d %H:%M %Z}",
    ),
    "reconcile.clock_changes": (
        "the clock was set {count} time, first at {first:%Y-%m-%d %H:%M %Z}",
        "the clock was set {count} times, first at {first:%Y-%m-%d %H:%M %Z}",
    ),
    "reconcile.differing": (
        "{count} interval was given with other values at another time",
        "{count} intervals were given with other values at another time",
    ),
    "reconcile.closing_differs": "the meter gave the closing of this month in {count} ways",
    "reconcile.other_good": "{name} and the meter agree in {count} intervals ({kind})",
    "reconcile.other_agree": "{name} and the meter agree ({kind}) in {what}",
    "reconcile.values": ("{count} value of {channel}", "{count} values of {channel}"),
    "reconcile.other_none": "{name} has nothing of this month: not compared",
    "reconcile.other_lacks": "{name} does not have {channels} ({kind}): not compared",
    "reconcile.other_partly": (
        "{channel}: {compared} of {expected} values of {name} and the meter ({kind}) could be compared, the others are "
        "missing or not valid"
    ),
    "reconcile.other_gaps": (
        "{name} lacks {count} interval ({kind}), which ends at {first:%Y-%m-%d %H:%M %Z}",
        "{name} lacks {count} intervals ({kind}), the first ends at {first:%Y-%m-%d %H:%M %Z}",
    ),
    "reconcile.other_rounded": (
        "{name} and the meter differ by 1 in {count} interval ({kind}), which is rounding: {channel} {value} "
        "and {own} {unit} "
        "at {worst:%Y-%m-%d %H:%M %Z}",
        "{name} and the meter differ by 1 in {count} intervals ({kind}), which is rounding: {channel} {value} and "
        "{own} {unit} at {worst:%Y-%m-%d %H:%M %Z}",
    ),
    "reconcile.other_one_sided": (
        "{name} and the meter differ by 1 in {count} interval ({kind}) and mostly to the same side, which is more than "
        "rounding: {channel} is {apart} {unit} apart in all",
        "{name} and the meter differ by 1 in {count} intervals ({kind}) and mostly to the same side, which is more "
        "than rounding: {channel} is {apart} {unit} apart in all",
    ),
    "reconcile.other_off": (
        "{name} and the meter differ in {count} interval ({kind}), which ends at {worst:%Y-%m-%d %H:%M %Z}: {channel} "
        "{value} in the file, {own} {unit} in the meter",
        "{name} and the meter differ in {count} intervals ({kind}), most in that which ends at "
        "{worst:%Y-%m-%d %H:%M %Z}: {channel} {value} in the file, {own} {unit} in the meter",
    ),
}
