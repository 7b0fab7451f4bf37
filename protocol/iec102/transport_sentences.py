"""What the ways to a meter say in English, by their codes, as in ``sentences``: ports, networks, modems, callers."""

from __future__ import annotations

TRANSPORT: dict[str, str | tuple[str, str]] = {
    # A serial port
    "serial.format": "{line}: the port does not offer {baudrate} {format}: check the speed and the format",
    "serial.no_port": "{line}: there is no such port: check the cable and the adapter ({ports})",
    "serial.in_use": "{line}: the port is in use by {holder}: close that program, or use another port",
    "serial.no_serial_port": "{line}: this is no serial port: check the path ({ports})",
    "serial.broken": "{line}: the port does not work: pull the adapter out, put it back and try again",
    "serial.not_opened": "{line}: the port cannot be opened ({error}): check the path, the cable and the adapter",
    "serial.rights": ("{line}: you may not open this port, nor may its group: check its owner and rights with `ls -l`"),
    "serial.group": (
        "{line}: you may not open this port, which belongs to the group {group}: "
        "run `sudo usermod -aG {group} $USER`, then log in again"
    ),
    "serial.ports": "ports here: {ports}",
    "serial.more_ports": "ports here: {ports} and more",
    "serial.no_ports": "no serial port was found here",
    "holder.other": "another program",
    "holder.here": "another connection of this program",
    "holder.process": "process {pid}",
    "holder.program": "{name} (process {pid})",
    # A TCP connection
    "tcp.refused": (
        "{line}: the connection was refused: check the port number, and whether another program uses the converter"
    ),
    "tcp.no_route": (
        "{line}: there is no route to this host: check the address, the network and the converter's power"
    ),
    "tcp.silent": (
        "{line}: nothing answered in time: check the address, the network, firewalls and the converter's power"
    ),
    "tcp.forbidden": "{line}: this machine does not allow the connection: check its firewall",
    "tcp.too_many": "{line}: this process may not open enough files: allow it more (ulimit -n 64)",
    "tcp.failed": "{line}: the connection failed ({error}): check the address and the port",
    "tcp.closed_at_once": "{line}: the other side closed the connection at once: check who else uses it",
    "rfc2217.no_telnet": (
        "{line}: the other side does not speak telnet, so that speed and format cannot be set over it (RFC 2217): "
        "write tcp://HOST:PORT, or switch RFC 2217 on in the converter (ser2net: accepter: telnet(rfc2217),tcp)"
    ),
    "rfc2217.refused": (
        "{line}: the converter speaks telnet, but does not let speed and format be set over it (RFC 2217): "
        "write telnet://HOST:PORT, or switch RFC 2217 on in the converter (ser2net: accepter: telnet(rfc2217),tcp)"
    ),
    "rfc2217.silent": (
        "{line}: the converter did not confirm speed and format: check its serial port, or write telnet://HOST:PORT"
    ),
    "name.unknown": (
        "the host name {host} is not known: check its spelling and the name server, or give the IP address"
    ),
    "name.silent": "the name server did not say in time where {host} is: check the network, or give the IP address",
    "name.no_address": "the name has no address",
    "line.fault": "{line}: {fault}",
    # How a connection is lost
    "lost.closed": (
        "{line}: the other side closed the connection: check the converter, its cable, and whether another program "
        "uses it"
    ),
    "lost.closed_with_text": (
        '{line}: the other side closed the connection after it had said "{text}": check the converter, its cable, '
        "and whether another program uses it"
    ),
    "lost.silent": "{line}: the other side no longer answers: check the network and the converter's power",
    "lost.port": ("{line}: the port is gone, or another program reads from it too: check the cable and the adapter"),
    "lost.other": "{line}: the connection was lost ({error}): check the converter and the cable",
    "line.closed": "{line}: the line was closed",
    # A modem that calls the meter
    "modem.no_number": "{line}: give the number that the modem is to call, as in modem:/dev/ttyUSB0?dial=NUMBER",
    "modem.silent": (
        "{line}: no modem answers ({command}): check its power and cable, and the speed and format of its port"
    ),
    "modem.refused": (
        '{line}: the modem says "{result}" to {command}: check the commands that are given to it before a call'
    ),
    "modem.not_answered": (
        "{line}: the call was not answered in {seconds:g} s: check the number, and the power of the meter's modem"
    ),
    "modem.no_carrier_dialled": (
        '{line}: the call reached no modem ("{result}"): check the number, and whether the meter\'s modem is on and '
        "answers calls"
    ),
    "modem.busy_dialled": '{line}: the number is busy ("{result}"): another reader may be in a call; try again later',
    "modem.no_dialtone": (
        '{line}: the modem has no telephone line or no network ("{result}"): check its line, SIM and antenna'
    ),
    "modem.no_answer_dialled": (
        '{line}: nobody took the call ("{result}"): check the number, and the power of the meter\'s modem'
    ),
    "modem.error_dialled": (
        '{line}: the modem refused to call ("{result}"): check the number, its SIM, and whether data calls are allowed'
    ),
    "modem.voice": (
        '{line}: the call was taken for one by voice, or answered by a person ("{result}"): check that the number is '
        "that of the meter's modem"
    ),
    "modem.barred": (
        '{line}: the modem bars the number for a while ("{result}"), because it was called too often: wait, or '
        "switch the modem off and on"
    ),
    "modem.lost_at_once": (
        '{line}: the call was answered and ended at once ("{result}"): check the meter\'s modem, and try again'
    ),
    "modem.carrier_lost": (
        '{line}: the call was lost ("{result}"): check the antennas and the line, and whether the meter\'s modem '
        "limits the length of calls"
    ),
    "modem.hung_up": "{line}: hung up after {seconds:g} s without a request",
    # A meter that calls in
    "target.listen": "{target!r}: write listen://HOST:PORT or listen://HOST:PORT?allow=NETWORK,NETWORK",
    "listen.open_to_all": (
        "{target!r} can be reached from other machines: say which networks the meter may call from, as in "
        "listen://0.0.0.0:40001?allow=192.0.2.0/24"
    ),
    "listen.nobody": (
        "{line}: no meter has called within {seconds:g} s: check the address and port in its modem, the firewall, "
        "and the networks that may call (allow)"
    ),
    "listen.only_others": (
        "{line}: no call within {seconds:g} s was the meter's: {who}; check that setting, and what calls here"
    ),
    "listen.hung_up": "{peer} had called, and hung up again before it was asked",
    "listen.failed": "cannot listen on {address}: {why}",
    "listen.in_use": "another program uses this port; choose another one, or port 0 for a free one",
    "listen.no_host": "no such host; 127.0.0.1 serves this machine alone, 0.0.0.0 also others",
    "listen.too_many": "this process may not open enough files; allow it more (ulimit -n 64)",
    "listen.rights": "this port needs more rights; choose one above 1023",
    "listen.not_here": ("this is no address of this machine; 127.0.0.1 serves this machine alone, 0.0.0.0 also others"),
}
