"""Who shares the line, in words."""

from iec102.gateway import ClientStatus, GatewayStatus
from iec102_tui.words.gateway_text import gateway_lines, gateway_words

CLIENTS = (
    ClientStatus("127.0.0.1:40312", since=100.0, doing="read blocks of incremental totals, 50%", requests=7),
    ClientStatus("[2001:db8::1234:5678]:40312", since=190.0, requests=12345, refused=2),
)
USAGE = {"live": 20.0, "127.0.0.1:40312": 60.0}


def test_what_an_application_does_stands_beside_it_or_where_that_is_too_narrow_below_it() -> None:
    status = GatewayStatus("tcp://127.0.0.1:40102", CLIENTS)
    heading, first, second, live = gateway_lines(status, USAGE, 200.0, 112)
    assert heading.split() == ["who", "since", "asked", "refused", "line", "doing"]
    assert first.split(maxsplit=6)[1:] == ["100", "s", "7", "0", "75%", "read blocks of incremental totals, 50%"]
    assert second.endswith("nothing now")
    assert live.split() == ["live", "25%"]
    narrow = gateway_lines(status, USAGE, 200.0, 54)
    assert narrow[2] == "    read blocks of incremental totals, 50%"
    assert all(len(line) <= 54 for line in narrow)
    assert [line.split()[-1] for line in narrow[1::2]] == ["75%", "0%", "25%"]


def test_who_shares_the_line_in_words() -> None:
    assert gateway_words(None, None) == ""
    assert gateway_words(None, "cannot listen on [x]\x1b") == "! cannot listen on [x]\\x1b"
    status = GatewayStatus("tcp://127.0.0.1:40102", (ClientStatus("127.0.0.1:5", 100.0, "reading 122", 9, 4, 1),))
    assert gateway_words(status, None) == "gateway tcp://127.0.0.1:40102, 1 client"
    lines = gateway_lines(status, {"live": 1.0, "127.0.0.1:5": 3.0}, 130.0, 112)
    assert lines[1].split() == ["127.0.0.1:5", "30", "s", "4", "1", "75%", "reading", "122"]
    assert lines[2].split() == ["live", "25%"]
    assert len(lines) == 3
