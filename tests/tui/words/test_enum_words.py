"""Each code that is shown has its words; the codes themselves are those of the documents."""

from __future__ import annotations

from iec102.line.state import LineState, Phase
from iec102.link.diagnosis import Kind
from iec102.search.check import Outcome, Step
from iec102.sentence import Sentence
from iec102_tui.words.check_text import STEP_WORDS, is_told, outcome_words
from iec102_tui.words.state_text import PHASE_WORDS, state_words


def test_each_phase_has_words_that_are_not_its_code() -> None:
    assert set(PHASE_WORDS) == set(Phase)
    assert [state_words(LineState(phase), 0.0).strip() for phase in Phase] == list(PHASE_WORDS.values())
    assert all(phase.value.isidentifier() for phase in Phase)


def test_each_step_has_words_and_keeps_its_name_in_json() -> None:
    assert set(STEP_WORDS) == set(Step)
    assert list(Step) == [
        "name resolved",
        "port open",
        "modem ready",
        "call answered",
        "meter has called",
        "bytes received",
        "link answered",
        "key accepted",
        "values read",
        "clock compared",
    ]
    assert outcome_words(Outcome(Step.OPEN, 0.012)) == "ok     port open           0.012 s"


def test_kinds_of_what_was_heard_keep_their_names_in_json() -> None:
    assert list(Kind) == [
        "nothing",
        "echo",
        "other answer",
        "damaged echo",
        "garbage",
        "other protocol",
        "other reader",
        "other address",
        "telnet",
    ]


def test_a_remark_is_told_where_a_sentence_holds_it_however_it_is_worded() -> None:
    telnet = Sentence("heard.telnet", sent="FF FB 01")
    inside = Sentence("link.telnet_then_silence", heard=telnet, address=1)
    assert is_told(telnet, [Outcome(Step.LINK, 1.0, error=inside)])
    assert is_told(telnet, [Outcome(Step.LINK, 1.0, error=telnet)])
    assert not is_told(telnet, [Outcome(Step.LINK, 1.0, error=f"a text with {telnet} in it"), Outcome(Step.OPEN, 1.0)])


def test_a_password_that_was_not_answered_is_not_called_refused() -> None:
    silent = LineState(Phase.REFUSED, error=Sentence("access.not_answered", address=1))
    refused = LineState(Phase.REFUSED, error=Sentence("access.refused_before", address=1))
    assert state_words(silent, 0.0) == "password not answered"
    assert state_words(refused, 0.0) == "password refused"
