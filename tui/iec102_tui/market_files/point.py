"""What a file of the sector says of the supply point beside its values: codes, and how the values were obtained."""

from __future__ import annotations

import re
from typing import NamedTuple

from iec102.errors import InvalidSetting

from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import N_, _

_CUPS = re.compile(r"ES(\d{16})([A-Z]{2})(\d[A-Z])?", re.ASCII)
_CHECK_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_COMPANY = re.compile(r"\d{4}", re.ASCII)
_CIL_LENGTH = 25
_INVOICE = re.compile(r"[0-9A-Za-z/_-]{1,30}", re.ASCII)

METHODS = (*range(1, 12), 22)
"""How values were obtained: 1 to 3 firm, 4 to 6 provisional, 7 to 11 and 22 estimated."""
ESTIMATED = 7
"""The first of the methods that are no reading of a meter."""
NO_INVOICE = "F0000000000"

CUPS_WANTED = N_("a CUPS such as ES0021000000000001RK or ES0021000000000001RK1P")
COMPANY_WANTED = N_("the four digits of a company, such as 0021")
CIL_WANTED = N_("a CIL of 25 letters and digits")


class SupplyPoint(NamedTuple):
    """``cups`` has 20 characters, or 22 with the border point; ``distributor`` and ``retailer`` four digits each.

    ``method`` is one of METHODS, ``firm`` 0 or 1: what a field tool reads is provisional. ``invoice`` is that of a
    billed curve, ``version`` counts the deliveries of the same file from 0.
    """

    cups: str = ""
    distributor: str = ""
    retailer: str = ""
    cil: str = ""
    method: int = 4
    firm: int = 0
    invoice: str = NO_INVOICE
    version: int = 0


def check_cups(text: str) -> str:
    """The CUPS when its length and its two check letters are right. Raises InvalidSetting."""
    found = _CUPS.fullmatch(text)
    if found is None:
        raise InvalidSetting(_("{text} is no CUPS: it must be {wanted}", text=quoted(text), wanted=_(CUPS_WANTED)))
    letters = check_letters(found[1])
    if found[2] != letters:
        raise InvalidSetting(
            _(
                "the CUPS {text} has the check letters {found} where its digits give {letters}: look for a slip",
                text=text,
                found=found[2],
                letters=letters,
            )
        )
    return text


def check_letters(digits: str) -> str:
    """The two letters that follow from the 16 digits of a CUPS: its remainder by 529, in two digits of base 23."""
    first, second = divmod(int(digits) % len(_CHECK_LETTERS) ** 2, len(_CHECK_LETTERS))
    return _CHECK_LETTERS[first] + _CHECK_LETTERS[second]


def check_company(text: str) -> str:
    """The code of a distributor or a retailer. Raises InvalidSetting."""
    if not _COMPANY.fullmatch(text):
        raise InvalidSetting(_("{text} is no code: it must be {wanted}", text=quoted(text), wanted=_(COMPANY_WANTED)))
    return text


def check_cil(text: str) -> str:
    """The code of a generating installation. Raises InvalidSetting."""
    if len(text) != _CIL_LENGTH or not (text.isascii() and text.isalnum()):
        raise InvalidSetting(_("{text} is no CIL: it must be {wanted}", text=quoted(text), wanted=_(CIL_WANTED)))
    return text


def check_invoice(text: str) -> str:
    """The number of an invoice: it stands between two semicolons. Raises InvalidSetting."""
    if not _INVOICE.fullmatch(text):
        raise InvalidSetting(
            _("the invoice {text} must be 1 to 30 letters, digits, hyphens, underlines or slashes", text=quoted(text))
        )
    return text
