"""`iec102-tui check`: the way to a meter, step by step."""

from __future__ import annotations

import json
from typing import Any

import click
from iec102.open import parse_target
from iec102.search.check import Check, Outcome
from iec102.sentence import parts_of

from iec102_tui.cli.notices import StepNotices, tell
from iec102_tui.cli.options import connection, json_option, target_options
from iec102_tui.cli.run import DONE, FAILED, located, run_async, sentence
from iec102_tui.diagnostics import frame_tap
from iec102_tui.words.check_text import outcome_words


@click.command()
@target_options
@json_option
@click.pass_context
def check(context: click.Context, /, target: str, as_json: bool, **options: Any) -> int:
    """Walk the steps to TARGET one by one, each with its time.

    TARGET is a profile's name or a URL: tcp://HOST:PORT, serial:/dev/ttyUSB0, modem:/dev/ttyUSB0?dial=NUMBER,
    telnet://HOST:PORT, rfc2217://HOST:PORT, listen://HOST:PORT, simulated:

    Name resolved, port open, bytes received, link answered, key accepted, values read, clock compared. At the first
    step that fails stands what to check. A clock that is over 30 s off is told, one that is over 10 minutes off, or in
    another time zone, fails. The password is sent once at most.
    """
    chosen = connection(context, target, options)

    def show(outcome: Outcome) -> None:
        click.echo(outcome_words(outcome))

    check_ = Check(
        parse_target(chosen.target),
        chosen.settings,
        chosen.station,
        zone=chosen.zone,
        on_state=StepNotices(chosen.name).state,
        on_outcome=show if not as_json else lambda _outcome: None,
        tap=frame_tap(),
    )
    run_async(check_.run(), chosen.name)
    if as_json:
        steps = [
            {"step": step.step, "seconds": round(step.seconds, 3), "error": step.error, "remark": step.remark}
            for step in check_.outcomes
        ]
        ok = check_.failed is None
        click.echo(json.dumps({"target": chosen.name, "ok": ok, "steps": steps, "remark": check_.remark}))
    failed = check_.failed
    for remark in (check_.remark, *(outcome.remark for outcome in check_.outcomes)):
        if failed is None or remark not in parts_of(failed.error):
            tell(remark, chosen.name)
    if failed is None:
        return DONE
    click.echo(sentence(located(failed.error, chosen.name)), err=True)
    return FAILED
