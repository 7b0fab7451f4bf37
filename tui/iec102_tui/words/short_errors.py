"""What the library says is wrong, in one row of 80 columns: what happened and what to check first.

The whole sentence names the line, which the reader knows, and all that may be checked: ``!`` shows it.
"""

from __future__ import annotations

from iec102.sentence import Sentence

from iec102_tui.words.text import N_, _

_OTHER_PROTOCOL = N_("something answers here, but not this protocol: check the port and the device")
_DAMAGED = N_("answers come damaged: check speed and format, cable or optical head")
_REFUSED = N_("the meter refused the password: check it and the point address")

SHORT = {
    # A serial port
    "serial.format": N_("the port does not offer {baudrate} {format}: check speed and format"),
    "serial.no_port": N_("there is no such port: check the cable and the adapter"),
    "serial.in_use": N_("the port is in use by {holder}: close it, or use another port"),
    "serial.no_serial_port": N_("this is no serial port: check the path"),
    "serial.broken": N_("the port does not work: pull the adapter out and put it back"),
    "serial.not_opened": N_("the port cannot be opened ({error}): check path and adapter"),
    "serial.rights": N_("you may not open this port: check its owner and rights"),
    "serial.group": N_("you may not open this port: join the group {group}, then log in again"),
    # A connection over the network
    "tcp.refused": N_("connection refused: check the port number, and who uses the converter"),
    "tcp.no_route": N_("no route to this host: check address, network and converter"),
    "tcp.silent": N_("nothing answered in time: check address, network and converter"),
    "tcp.forbidden": N_("this machine does not allow the connection: check its firewall"),
    "tcp.too_many": N_("too many open files: allow this process more (ulimit -n 64)"),
    "tcp.failed": N_("the connection failed ({error}): check address and port"),
    "tcp.closed_at_once": N_("the other side closed at once: check who else uses it"),
    "rfc2217.no_telnet": N_("the other side does not speak telnet: write tcp://HOST:PORT"),
    "rfc2217.refused": N_("the converter refuses RFC 2217: write telnet://HOST:PORT"),
    "rfc2217.silent": N_("the converter did not confirm speed and format: check its port"),
    "name.unknown": N_("the host {host} is not known: check it, or give the IP address"),
    "name.silent": N_("the name server does not answer: check it, or give the IP address"),
    # How a connection is lost
    "lost.closed": N_("the other side closed the connection: check who else uses it"),
    "lost.closed_with_text": N_('the other side said "{text}" and closed: check who else uses it'),
    "lost.silent": N_("the other side no longer answers: check network and converter"),
    "lost.port": N_("the port is gone, or used by others too: check cable and adapter"),
    "lost.other": N_("the connection was lost ({error}): check converter and cable"),
    "line.fault": "{fault}",
    "line.closed": N_("the line was closed"),
    # A modem
    "modem.no_number": N_("give the number to call: modem:/dev/ttyUSB0?dial=NUMBER"),
    "modem.silent": N_("no modem answers ({command}): check power, cable and speed"),
    "modem.refused": N_('the modem says "{result}" to {command}: check its commands'),
    "modem.not_answered": N_("no answer in {seconds:g} s: check the number and the meter's modem"),
    "modem.no_carrier_dialled": N_("the call reached no modem: check number and meter's modem"),
    "modem.busy_dialled": N_("the number is busy, perhaps with another reader: try again later"),
    "modem.no_dialtone": N_("the modem has no line or network: check line, SIM and antenna"),
    "modem.no_answer_dialled": N_("nobody took the call: check number and meter's modem"),
    "modem.error_dialled": N_("the modem refused to call: check number, SIM and data calls"),
    "modem.voice": N_("the call was taken for one by voice: check the number"),
    "modem.barred": N_("the modem bars the number for a while: wait, or switch it off and on"),
    "modem.lost_at_once": N_("the call ended at once: check the meter's modem, and try again"),
    "modem.carrier_lost": N_("the call was lost: check antennas, line and the meter's modem"),
    "modem.hung_up": N_("hung up after {seconds:g} s without a request"),
    "modem.no_carrier": N_("the modem's call has ended: check the number and dial again"),
    "modem.no_dial": N_("the modem has no line or network: check line, SIM and antenna"),
    "modem.no_answer": N_("nobody took the call: check number and meter's modem"),
    "modem.busy": N_("the number is busy: try again later"),
    "modem.connect": N_("the modem's call has only now been answered: try again"),
    "modem.command_mode": N_("the modem is in command mode: let it dial first (--dial)"),
    # What the link says
    "link.busy": N_("link address {address} is busy: check who else reads it, try again"),
    "link.no_answer": N_("no answer from link address {address}: check it, cable, speed, format"),
    "link.no_head": N_("link address {address} sends what is no answer: see the frame log"),
    "link.other_content": N_("link address {address} sends other data: check the point address"),
    "link.no_content": N_("link address {address} has no data: check point address, password"),
    "link.telnet_then_silence": "{heard}",
    "link.nothing_from": N_("{heard} (link address {address}): check speed and cable"),
    # What was heard instead of an answer
    "heard.echo": N_("only this program's own request came back: check the optical head"),
    "heard.damaged_echo": N_("the request came back damaged: clean the optical head"),
    "heard.other_address": N_("no answer of link address {address}, but of {others}: check it"),
    "heard.other_reader": N_("another reader asks link address {addresses}: let only one ask"),
    "heard.late": N_("link address {address} answers too late: give it a longer timeout"),
    "heard.other_answer": N_("link address {address} gives an answer that does not fit: see F3"),
    "heard.telnet": N_("the converter speaks telnet: write telnet://HOST:PORT"),
    "heard.telnet_and": "{telnet}",
    "heard.modem": "{meaning}",
    "heard.protocol": _OTHER_PROTOCOL,
    "heard.text": _OTHER_PROTOCOL,
    "heard.strange": _OTHER_PROTOCOL,
    "heard.damaged": _DAMAGED,
    "heard.damaged_alike": _DAMAGED,
    "heard.no_frame": N_("bytes came that are no frame: check speed and format, and the cable"),
    "heard.at": "{heard}",
    # The password
    "access.needed": N_("the meter needs its password: give the read-only password"),
    "access.refused": _REFUSED,
    "access.refused_negative": _REFUSED,
    "access.refused_before": N_("this password was refused before, so it was not sent: check it"),
    "access.not_answered": N_("no answer to the password: check it and the point address"),
    "access.answer_lost": N_("the answer to the password was lost: it is not sent again by itself"),
    # What a meter answers
    "refused.request": "{meaning}",
    "refused.record": N_("the meter refused this record: check the dates"),
    "refused.address": N_("the meter does not know this measuring point: check the point address"),
    "refused.period": N_("the meter refused the period: check the dates, or ask for less"),
    "answer.negative": N_("the meter refused the request: check whether the password allows it"),
    "answer.misfit": N_("an answer of type {type} does not fit its layout: see the frame log"),
    "answer.unfinished": N_("the meter did not finish its answer"),
}
"""By the codes of `iec102.sentences`. Fields are those of the sentence there."""


def short_error(said: object) -> str:
    """The sentence in short; empty where there is nothing shorter."""
    sentence = getattr(said, "sentence", said)
    if not isinstance(sentence, Sentence) or sentence.code not in SHORT:
        return ""
    fields = {name: short_error(value) or value for name, value in sentence.fields.items()}
    return _(SHORT[sentence.code], **fields)
