"""The line: the only owner of a transport, shared by all who ask for something on it."""

from iec102.line.dialogue import Answered
from iec102.line.exclusive import ExclusiveAccess
from iec102.line.line import Line

__all__ = ["Answered", "ExclusiveAccess", "Line"]
