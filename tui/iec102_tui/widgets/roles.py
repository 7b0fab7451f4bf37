"""The roles of the theme for what is drawn line by line: `styles/roles.tcss` gives each its colour."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.widget import Widget

from iec102_tui.config import COLOURS
from iec102_tui.themes import HEAT_STEPS


class Roles(Widget):
    """A widget that draws with the colours of the roles."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"role--{role}" for role in COLOURS),
        *(f"role--heat-{step}" for step in range(HEAT_STEPS)),
    }

    def role(self, name: str) -> Style:
        """The colour of a role, on whatever it is added to."""
        return self.get_component_rich_style(f"role--{name}", partial=True)

    def ground(self, component: str) -> Style:
        """The style of a component with the ground that a part of transparency leaves of it."""
        return self.get_component_rich_style(component)

    def role_on(self, ground: Style, name: str) -> Style:
        """The colour of a role on this ground; a row that is reversed, of 16 colours, has one colour."""
        return ground if ground.reverse else ground + self.role(name)
