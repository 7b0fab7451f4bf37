"""One tree of errors, whose sentences say what to check."""

from __future__ import annotations

import inspect

import pytest
from iec102 import errors
from iec102.errors import Iec102Error, InvalidSetting, InvalidTarget, RequestRefused, refusal

BY_CAUSE = {
    13: errors.RecordNotAvailable,
    14: errors.TypeNotAvailable,
    15: errors.UnknownRecord,
    16: errors.UnknownAddress,
    17: errors.ObjectNotAvailable,
    18: errors.PeriodNotAvailable,
}


def test_every_error_has_the_one_root() -> None:
    members = inspect.getmembers(errors, inspect.isclass)
    classes = [member for _name, member in members if member.__module__ == errors.__name__]
    assert len(classes) > 20
    assert all(issubclass(error, Iec102Error) for error in classes)


def test_a_wrong_setting_is_also_a_wrong_value() -> None:
    assert issubclass(InvalidTarget, InvalidSetting)
    assert issubclass(InvalidSetting, ValueError)


@pytest.mark.parametrize(("cause", "error"), BY_CAUSE.items())
def test_each_error_cause_of_the_meter_has_a_name_and_a_sentence(cause: int, error: type[RequestRefused]) -> None:
    refused = refusal(cause, 122, 11)
    assert type(refused) is error
    assert (refused.cause, refused.type, refused.record) == (cause, 122, 11)
    assert refused.meaning in str(refused)
    assert str(refused).endswith(f"(type 122, record 11, cause {cause})")


def test_no_two_causes_say_the_same() -> None:
    assert len({refusal(cause, 1, 1).meaning for cause in BY_CAUSE}) == len(BY_CAUSE)


def test_an_unknown_cause_stays_visible_as_its_number() -> None:
    refused = refusal(44, 122, 11)
    assert type(refused) is RequestRefused
    assert refused.cause == 44
    assert "cause 44" in str(refused)
