"""The password of a meter, asked for when connecting."""

from __future__ import annotations

from typing import ClassVar

from iec102.asdu.password import Password
from textual.binding import Binding, BindingType

from iec102_tui.widgets.question_dialog import QuestionScreen
from iec102_tui.words.plain_text import quoted
from iec102_tui.words.text import N_, _


class PasswordScreen(QuestionScreen):
    """Masked; a key shows it. Nothing of it is kept."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "reveal", N_("Show"), id="password.reveal", tooltip=N_("Shows or masks the password")),
    ]

    def __init__(self, meter: str) -> None:
        super().__init__(
            _("Password of {name}", name=quoted(meter)),
            keys=_("Enter connects, Ctrl+R shows it, Escape goes back"),
            check=Password,
            secret=True,
        )

    def action_reveal(self) -> None:
        """Shows what is typed, or masks it again."""
        self.input.password = not self.input.password
