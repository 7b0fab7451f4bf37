"""The library's sentences in English, by their codes: whole templates, each field by its name.

Two templates are for one and for many (``count``). Codes are stable; words may change.
"""

from __future__ import annotations

from iec102.gateway_sentences import GATEWAY
from iec102.transport_sentences import TRANSPORT
from iec102.verdict_sentences import VERDICT

Template = str | tuple[str, str]

ENGLISH: dict[str, Template] = {
    **TRANSPORT,
    **GATEWAY,
    **VERDICT,
    "list.and": "{before} and {last}",
    "list.more": "{first} and {more} more",
    # Targets, and settings out of their range
    "target.unknown": "{target!r} is no target of a known kind: write {known}",
    "target.known": (
        "tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER, telnet://HOST:PORT, "
        "rfc2217://HOST:PORT, listen://HOST:PORT or simulated:"
    ),
    "target.option": "{target!r}: there is no option {option!r} here, only {known}",
    "target.option_number": "{target!r}: {option} must be a whole number",
    "target.option_value": "{target!r}: {error}",
    "target.serial": "{target!r} needs a port: write serial:/dev/ttyUSB0",
    "target.tcp": "{target!r}: write {scheme}://HOST:PORT",
    "target.tcp_port": "{target!r}: the port must be a whole number of 1 to {high}",
    "target.tcp_no_port": "{target!r} needs the port of the converter, 1 to {high}: write {scheme}://HOST:PORT",
    "target.simulated": "{target!r}: write simulated: or simulated:?seed=7&line=9600-8E1",
    "target.simulated_option": "{target!r}: the simulated meter has no option {option!r}",
    "target.simulated_setting": "{target!r}: {error}",
    "target.simulated_value": "{target!r}: an option of the simulated meter has no valid value ({error})",
    "setting.range": "{name} {value}{unit} is out of range: {low} to {high}{unit}",
    "setting.link_address": "link address",
    "setting.point_address": "point address",
    "setting.timeout": "timeout",
    "setting.retries": "retries",
    "setting.delay": "delay",
    "setting.settle": "settle",
    "setting.modem_timeout": "modem timeout",
    "setting.hang_up_after": "hang-up time",
    "setting.dial": "the number to dial must be digits, with + * # and pauses (comma) where they are needed",
    "setting.modem_init": "the modem's commands must be plain text such as ATZ; ATH0",
    "setting.identification": (
        "the identification {text!r} is no regular expression without blanks (\\s stands for one)"
    ),
    "setting.baudrate": "baud rate {value} is not one of {choices}",
    "setting.format": "format {value!r} is not one of {choices}",
    "setting.password": "the password must be a whole number of 0 to {high}",
    "setting.timezone": "the time zone {name!r} is not known: write one like Europe/Madrid",
    "setting.poll_period": "the poll period must be 0 s or more, not {period!r}",
    "setting.summer_time": "summer time {value!r} is not one of {choices}",
    "setting.listen": "{text!r} is no HOST:PORT with a port of 0 to {high}",
    "setting.no_time_zone": "{time} has no time zone, so that it is no instant",
    "setting.year": "{time} is not in the years {first} to {last}",
    "load_profile.no_time_zone": "the times of a load profile need a time zone",
    "load_profile.end": "the end of the load profile, {end:%Y-%m-%d %H:%M}, must be after its start",
    "frame.link_address": "the link address {address} is not in 0 to 65535",
    "frame.too_long": "an ASDU of {length} bytes does not fit a frame: at most {high}",
    "asdu.value": "an ASDU of type {type} cannot hold this: {error}",
    "asdu.number": "{value} is not in 0 to {high}",
    "asdu.object": "object {address} is none of {known}",
    # What the bits of a qualifier say of a value
    "qualifier.invalid": "invalid",
    "qualifier.clock_changed_much": "the clock was changed a lot inside the interval",
    "qualifier.overflow": "overflow",
    "qualifier.clock_changed_little": "the clock was changed a little inside the interval",
    "qualifier.parameters": "parameters changed during the period",
    "qualifier.intrusion": "intrusion during the period",
    "qualifier.incomplete": "incomplete: power failure during the period",
    "qualifier.reserved": "reserved bit set",
    # What the link says
    "link.busy": (
        "link address {address} answers that it is busy, {attempts} times: "
        "check whether another reader uses the meter, then try again"
    ),
    "link.no_answer": (
        "no answer from link address {address} to {count} attempt of {timeout:g} s: "
        "check the link address, the cable or optical head, and the speed and format",
        "no answer from link address {address} to {count} attempts of {timeout:g} s: "
        "check the link address, the cable or optical head, and the speed and format",
    ),
    "link.no_head": (
        "link address {address} sent data of {length} bytes, too few for any answer of this protocol: "
        "look at them in the frame log, and check whether it is a meter of this kind"
    ),
    "link.other_content": (
        "link address {address} sent only what was not asked for, in {seconds:g} s: type {type} with cause {cause} "
        "of point address {point}, to a request of type {asked_type} for point address {asked_point}: "
        "check the point address, and whether another reader uses the meter"
    ),
    "link.no_content": (
        "link address {address} answers, but had no data for {seconds:g} s: "
        "check the point address and the password, or ask for a shorter period"
    ),
    "link.telnet_then_silence": (
        "{heard}; if link address {address} is silent then too, check that address, the speed and format, and the cable"
    ),
    "link.nothing_from": (
        "{heard} from link address {address}: check the speed and format, the cable or the optical head"
    ),
    # What was heard instead of an answer
    "heard.silence": "not one byte came back",
    "heard.fill": "nothing but fill bytes came back",
    "heard.echo": (
        "only this program's own request came back: either the optical head echoes the requests, but no meter "
        "answers (check that it sits straight on the meter, and the link address), or a modem is in command mode, "
        "without a call (let it dial first, by giving the number: --dial)"
    ),
    "heard.damaged_echo": (
        "this program's own request came back damaged: clean the optical head and put it on straight"
    ),
    "heard.other_address": (
        "frames of link address {others} came, but no answer of link address {address}: check the link address"
    ),
    "heard.other_reader": "another reader asks link address {addresses} on this line: let only one of them ask",
    "heard.late": (
        "link address {address} answers too late, or with copies of earlier answers: "
        "give it a longer timeout, and check what else is on the line"
    ),
    "heard.other_answer": (
        "link address {address} answers {asked} with {answer} (function {function}), which does not fit: "
        "check whether another reader uses the line, and look at the frame log"
    ),
    "heard.telnet": (
        "the converter speaks telnet (it sent {sent}), which changes every byte of 0xFF on its way: "
        "write telnet://HOST:PORT, or set it to pass the bytes through as they are (ser2net: accepter: tcp)"
    ),
    "heard.telnet_and": "{telnet}; besides, {heard}",
    "heard.modem": 'the line says "{result}": {meaning}',
    "heard.protocol": (
        "something answers here, but not this protocol: {bytes}, which looks like {name}: "
        "check the port, and which device is on this line"
    ),
    "heard.text": (
        'something answers here, but not this protocol: {bytes}; the line says "{text}", as a modem, a console or '
        "another kind of meter does: check the port, and which device is on this line"
    ),
    "heard.damaged": (
        "an answer came, but damaged ({damage}): {bytes}; check the speed and format, the cable or the optical head"
    ),
    "heard.damaged_alike": (
        "an answer came, but damaged ({damage}): {bytes}; it is the same each time, so that it is sent like this; "
        "check the speed and format, the cable or the optical head"
    ),
    "heard.no_frame": (
        "bytes came that are no frame of this protocol: {bytes}; "
        "check the speed and format, the cable or the optical head, and who else uses the line"
    ),
    "heard.strange": (
        "something answers here, but not this protocol: {bytes}; "
        "the speed or the format is wrong, or it is no meter of this kind"
    ),
    "heard.at": "{heard} (at {baudrate}-{format})",
    "heard.secret_bytes": "bytes that are not shown, because they may hold the password",
    "protocol.dlms": "DLMS (HDLC frames)",
    "protocol.iec101": "IEC 60870-5-101 or -103 (a link address of one byte)",
    "protocol.iec104": "IEC 60870-5-104",
    "protocol.modbus": "Modbus",
    "protocol.single_ack": "the acknowledgement of one byte of another IEC 60870-5 profile or of M-Bus",
    "modem.no_carrier": (
        "a modem is on this line, and its call has ended or was not taken: check the number and dial again"
    ),
    "modem.no_dial": (
        "a modem is on this line, and has no telephone line or no network: check its line, SIM and antenna"
    ),
    "modem.no_answer": ("a modem is on this line, and nobody took its call: check the number and the meter's modem"),
    "modem.busy": "a modem is on this line, and the number that it called is busy: try again later",
    "modem.connect": "a modem is on this line, and its call has only now been answered: try again",
    "modem.command_mode": (
        "a modem is on this line, in command mode: let it dial first, by giving the number (--dial)"
    ),
    "request.reset": "the reset of the link",
    "request.user_data": "a request",
    "request.link_status": "the question for its link status",
    "request.class_2": "the question for its data",
    "answer.ack": "an acknowledgement",
    "answer.nack": "busy",
    "answer.user_data": "data",
    "answer.no_data": "no data",
    "answer.link_status": "its link status",
    "answer.function": "function {function}",
    "damage.lengths": "wrong length bytes {first} and {second}",
    "damage.short": "wrong length bytes, {length} is too short",
    "damage.incomplete": "only {there} of {length} bytes",
    "damage.end": "no end character",
    "damage.end_after": "no end character after the length of {length}",
    "damage.checksum": "wrong checksum {found:02X} instead of {expected:02X}",
    "damage.secret_checksum": "wrong checksum",
    "echo.remark": (
        "the optical head echoes what is sent to it, which is left out: "
        "check that it sits straight on the meter, or switch its echo off"
    ),
    # Bytes that are no frame
    "garbage.noise": "no start character",
    "garbage.bad_lengths": "the start of a frame whose lengths differ",
    "garbage.bad_checksum": "bad checksum",
    "garbage.bad_end": "no end character",
    "garbage.incomplete": "the frame was not completed in time",
    "garbage.with_detail": "{reason}: {detail}",
    "garbage.short": "{length} is too short for a frame",
    "garbage.lengths": "{first} and {second}",
    "garbage.no_second_start": "no second start character",
    "garbage.checksums": "expected {expected:02X}, found {found:02X}",
    # The password
    "access.needed": "the meter at link address {address} needs its password: give the read-only password",
    "access.refused": (
        "the meter refused the password (cause {cause}): check the password and the point address; "
        "it is not sent again by itself, because meters lock out after several wrong ones"
    ),
    "access.refused_negative": (
        "the meter refused the password (cause {cause}, negative): check the password and the point address; "
        "it is not sent again by itself, because meters lock out after several wrong ones"
    ),
    "access.refused_before": (
        "the meter at link address {address} has refused this password before: it was not sent again, because "
        "meters lock out after several wrong ones; check it, or try it once more on purpose"
    ),
    "access.not_answered": (
        "the meter at link address {address} did not answer the password, so it may have refused it: "
        "check the password and the point address; it is not sent again by itself, because meters lock out"
    ),
    "access.answer_lost": (
        "{error}; the password had been sent, and is not sent again by itself, because meters lock out after "
        "several wrong ones"
    ),
    # What a meter answers
    "refused.request": "{meaning} (type {type}, record {record}, cause {cause})",
    "refused.other": "the meter refused the request",
    "refused.record": "the meter refused to give data of this record for what was asked: check the dates",
    "refused.type": "this meter does not offer this kind of request",
    "refused.no_record": "this meter does not have this record",
    "refused.address": (
        "the meter does not know this measuring point: check the point address (display, L46 Identifiers, 0.00.6)"
    ),
    "refused.object": "this meter does not offer the objects that were asked for",
    "refused.period": ("the meter refused the period that was asked for: check the dates, or ask for a part of it"),
    "answer.negative": (
        "the meter refused the request ({name}) without giving a reason: check whether the password allows it"
    ),
    "answer.no_data_at_end": "the meter ended its answer without data",
    "answer.misfit": (
        "the answer of type {type} has {length} bytes that do not fit its layout: look at it in the frame log"
    ),
    "answer.no_time": "the meter answered with no valid date and time: check its clock",
    "answer.another_meter": (
        "another meter answers at link address {address} now: what it says was not taken, begin again"
    ),
    "answer.unfinished": (
        "the meter did not finish its answer, of which {count} part has come: {error}",
        "the meter did not finish its answer, of which {count} parts have come: {error}",
    ),
    # What a meter knows
    "information.no_time_zone": "the times of closings and events need a time zone",
    "information.end": "the end, {end:%Y-%m-%d %H:%M}, must not be before the start",
    "information.contract": "contract {contract} is none of 1, 2 and 3",
    # Load profiles
    "register.missing": "this meter has no {values} (record {record}, cause {cause})",
    "register.hourly": "hourly values",
    "register.quarter_hourly": "quarter-hourly values",
    "register.daily": "daily values",
    "gap.left_out": "the meter left it out of its answer",
    "gap.refused": "the meter refused it (cause {cause})",
    "gap.standard_day": "the meter's day ends at 00:00 of its standard time, 01:00 here",
    "gap.unfinished": "the meter did not finish its answer",
    "method.blocks": "blocks (object {block})",
    "method.range": "ranges (object {first})",
    "method.ranges": "ranges (objects {first} to {last})",
    # Clocks
    "clock.off": "the meter's clock is {off}: check both clocks",
    "clock.doubtful": ("the meter's clock is {off}, so that the times of its values are doubtful: check both clocks"),
    "clock.doubtful_hours": (
        "the meter's clock is {off}, so that the times of its values are doubtful: check both clocks and --timezone"
    ),
    "clock.other_zone": (
        "the meter's clock is {off}, with the right summer time flag: --timezone {zone} would fit, "
        "or its clock is wrong"
    ),
    "clock.no_flag": (
        "the meter's clock is {off} by its summer time flag (SU), and right without it: it does not keep that flag, "
        "so that its times are an hour off: check --summer-time"
    ),
    "clock.ahead": "{span} ahead of this machine's",
    "clock.behind": "{span} behind this machine's",
    "clock.about_ahead": "about {span} ahead of this machine's",
    "clock.about_behind": "about {span} behind this machine's",
    "clock.short_right": "right",
    "clock.short_ahead": "{span} ahead",
    "clock.short_behind": "{span} behind",
    "clock.short_off": "OFF: {side}",
    "clock.short_doubtful": "WRONG: {side}",
    "clock.short_other_zone": "WRONG: {side}, {zone}?",
    "clock.short_no_flag": "WRONG: {side} by SU",
    "span.seconds": "{seconds:.0f} s",
    "span.minutes": "{minutes} min",
    "span.hours": "{hours} h",
    "span.hours_minutes": "{hours} h {minutes} min",
    "span.days": "{days} days",
    "span.years": "{years} years",
    "summer_time.not_settled": (
        "summer time not settled: neither its clock nor its stored hours tell whether the meter keeps the summer "
        "time bit (SU) as {zone} has it; its times are converted by the bit and may be an hour off: compare the "
        "meter's display in summer and give --summer-time bit or zone"
    ),
    "summer_time.as_set_zone": (
        "the summer time bit (SU) of the meter's times does not fit {zone}: "
        "its times are read as civil time, as --summer-time zone says"
    ),
    "summer_time.as_set_bit": (
        "the summer time bit (SU) of the meter's times does not fit {zone}: "
        "its times are converted by the bit, as --summer-time bit says"
    ),
    "summer_time.ignored": (
        "the summer time bit (SU) of the meter's times does not fit {zone}: the meter keeps civil time without it, "
        "so its times are read as civil time (summer time by zone)"
    ),
    "summer_time.standard": (
        "the summer time bit (SU) of the meter's times does not fit {zone}: the meter stays on standard time all "
        "year, so its times are converted by the bit"
    ),
    "summer_time.kept": (
        "the summer time bit (SU) of the meter's times does not fit {zone}: "
        "its times are converted by the bit all the same, which its clock confirms"
    ),
    # What a line does
    "step.opening": "opening {line}",
    "step.modem": "preparing the modem",
    "step.dialling": "dialling {number}",
    "step.call_answered": 'call answered after {seconds:.0f} s ("{result}")',
    "step.hung_up": "hung up after {seconds:g} s without a request",
    "step.awaiting_call": "waiting for the meter to call {address}",
    "step.no_telnet": "the other side has not answered in telnet; if no meter answers, write tcp://HOST:PORT",
    "step.not_allowed": "{peer} has called, and is in none of the networks that may (allow)",
    "step.not_identified": '{peer} has called and said "{text}", which does not fit the identification',
    "step.no_identification": "{peer} has called, and has not said who it is (identification)",
    "step.called": "{peer} has called, after {seconds:.0f} s",
    "step.link_status": "link status of address {address}",
    "step.password": "password to point {point}",
    "step.lent": "to {who}",
    # The search
    "search.no_addresses": "give at least one link address to try",
    "search.meter_id_short": (
        'the meter ID "{text}" does not end in five digits: '
        "look at the meter's display, Info, L46 Identifiers, 0.00.5."
    ),
    "search.meter_id_no_address": (
        "the last five digits of the meter ID, {address}, are no link address (at most {high}): "
        "look at the meter's display, Info, L46 Identifiers, 0.00.5."
    ),
    "search.meter_id_no_digits": (
        'the meter ID "{text}" does not end in digits: look at the meter\'s display, Info, L46 Identifiers, 0.00.5.'
    ),
    "search.no_range": '"{text}" is no link address and no range: write them like 1,5,100-200',
    "search.range": "{text} is out of range: link addresses are {low} to {high}, the lower one first",
    "search.nothing": (
        "no meter answered: link address {addresses}: check the cable or the optical head, and the link address on "
        "the meter's display (Info, L46 Identifiers, 0.00.5)"
    ),
    "search.nothing_with_formats": (
        "no meter answered: link address {addresses} with {formats} speeds and formats: check the cable or the "
        "optical head, and the link address on the meter's display (Info, L46 Identifiers, 0.00.5)"
    ),
    # The simulated meter
    "simulator.line": "the line {text!r} is not of the form 9600-8E1",
    "simulator.address": "the {name} is {address}: it must be from 0 to {high}",
    "simulator.quirk_number": "quirk {quirk!r} stands for a number at its end: it {words}",
    "simulator.quirk": "quirk {quirk!r} is not known; the nearest are {nearest}",
    "simulator.strict_line": "quirk 'strict-line' needs a line, such as 9600-8E1",
    "simulator.two_clocks": "a clock stands still or runs from a time: give clock or clock_start, not both",
    "simulator.site": "the site {text!r} is not known: it is one of {known}",
    "simulator.wiring": "the wiring {text!r} is not known: it is one of {known}",
    "simulator.drift": "the clock drift of {seconds:g} s a day is out of range: {high:g} s a day at most, either way",
    "simulator.fault": "fault {fault!r} is not one of {known}",
    "simulator.rate": "the rate of fault {fault!r} is {rate}: it must be from 0 to 1",
    "simulator.year": "the clock is in {year}: it must be from {first} to {last}",
    "simulator.fault_form": "the fault {text!r} is not of the form NAME=RATE, such as drop=0.02",
}
