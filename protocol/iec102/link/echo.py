"""The echo of a request, as optical heads and two-wire lines give it back."""

from __future__ import annotations

# A byte that comes back damaged has few wrong bits; two that have nothing to do with each other differ in four.
_MOST_WRONG_BITS = 2


def is_damaged_echo(data: bytes, sent: bytes) -> bool:
    """It has the length of the request ``sent``, or of several, and most of its bits."""
    times, left = divmod(len(data), len(sent))
    wrong = (got ^ wanted for got, wanted in zip(data, sent * times, strict=False))
    return not left and all(bits.bit_count() <= _MOST_WRONG_BITS for bits in wrong)
