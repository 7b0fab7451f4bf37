"""What a gateway says in English, by its codes, as in ``sentences``: of its applications, its policy and itself."""

from __future__ import annotations

GATEWAY: dict[str, str | tuple[str, str]] = {
    "gateway.listens": "the gateway to {line} listens on {url}",
    "gateway.ends": "the gateway ends",
    "gateway.another_meter": "another meter answers at link address {address} now",
    "gateway.no_network": "its address is in none of the networks that may connect",
    "gateway.full": "the limit of {count} connected applications is reached",
    "gateway.keys_unsaved": "wrong passwords are counted only until the gateway ends: {path}: {why}",
    "gateway.keys_forgotten": "the wrong passwords are forgotten: each may be tried once more",
    # An application
    "client.said": "{client}: {what}",
    "client.connected": "connected",
    "client.not_admitted": "not admitted: {why}",
    "client.disconnected": "disconnected: {why}",
    "client.gone": "disconnected",
    "client.not_waiting": "it sends without waiting for answers",
    "client.garbage": "what it sends is not this protocol",
    "client.idle": "nothing was heard of it for {seconds:g} s",
    "client.not_reading": "it does not read its answers",
    "client.not_served": "asked link address {address}, which is not served here",
    # Its requests
    "client.no_request": "sent {length} bytes that are no request",
    "client.no_login": "type {type} ({name}) came without a login",
    "client.keyless": "refused: a login without a key of four bytes",
    "client.key_refused": "the password *** was refused: {error}",
    "client.key_refused_count": (
        "the password *** was refused: {error} ({refused} of at most {most} wrong passwords in 24 hours)"
    ),
    "client.refused": "refused: {why}",
    "client.no_answer": "no answer to {request}: {error}",
    "client.whole": "{name}, whole",
    "policy.type": "type {type} ({name}) is not allowed",
    "policy.body": "type {type} ({name}) does not have a body of {length} bytes with {objects} objects",
    "policy.frame": "type {type} ({name}) has another frame inside",
    # The line for itself
    "client.no_protocol": "does not speak this protocol",
    "client.gets_line": "gets the line for itself",
    "client.has_line": "has the line for itself",
    "client.waits": "waits for the line",
    "client.may_change": "may change the meter over the lent line: {write}",
    "client.write": "type {type} ({name}) to link address {address}",
    "client.writes": (
        "has sent {count} request that may change the meter",
        "has sent {count} requests that may change the meter",
    ),
    "client.too_much": "it sends more than the line takes",
    "client.not_lent": "the line cannot be lent: {error}",
    "client.lending_failed": "lending the line has failed",
    "client.line_is_back": "the line was lent to it and is back",
    # Its settings, and passwords that it sends no more
    "gateway.network": "{text!r} is no network: write one such as 192.0.2.0/24, or one address such as 192.0.2.7",
    "gateway.max_clients": "{count} applications are out of range: 1 to 1000",
    "gateway.wrong_keys": "{count} wrong passwords are out of range: 1 to 1000",
    "gateway.idle": "an idle time of {seconds:g} s is too short: 1 s or more",
    "gateway.lend": "a lent line comes back after 1 to {high} s without traffic, not {seconds:g} s",
    "gateway.lend_time": "the line is lent to some: say after how many seconds without traffic it comes back",
    "gateway.open_to_all": (
        "{address} can be reached from other machines: say which networks may connect, such as 192.0.2.0/24"
    ),
    "gateway.host_spent": (
        "the meter at link address {address} has refused {count} passwords of {host}: no other is tried until the "
        "gateway is started again or they are forgotten on purpose, because meters lock out"
    ),
    "gateway.refused_before": (
        "the meter at link address {address} has refused this password before: it was not sent again, because "
        "meters lock out after several wrong ones; check it, or forget the wrong passwords"
    ),
    "gateway.meter_spent": (
        "the meter at link address {address} has refused {count} passwords in 24 hours: no other is tried until one "
        "of them is a day old or they are forgotten on purpose, because meters lock out"
    ),
}
