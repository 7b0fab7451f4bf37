"""What may follow the words that stand on a command line so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from iec102_tui.cli.completion.candidates import Candidate, look_up
from iec102_tui.cli.completion.index import CommandRow, ParameterRow


class Offer(NamedTuple):
    """``files``: "file" or "dir" where the shell is to offer those itself."""

    candidates: list[Candidate]
    files: str = ""


class _Line:
    """A command line that is read from the left, up to the word that is being typed."""

    def __init__(self, root: CommandRow) -> None:
        self.command = root
        self.given: dict[str, str] = {}
        self.arguments = 0
        self.waiting: ParameterRow | None = None
        self._left = 0
        self.options_end = False

    def read(self, word: str) -> None:
        if self.waiting is not None:
            self._take(self.waiting, word)
        elif word == "--" and not self.options_end:
            self.options_end = True
        elif self._is_option(word):
            name, given, value = word.partition("=")
            option = self.option(name)
            if option is not None:
                self.given[option.names[-1]] = ""
                if option.takes:
                    self.waiting, self._left = option, option.takes
                    if given:
                        self._take(option, value)
        elif word in self.command.commands and not self.arguments:
            self.command = CommandRow(*self.command.commands[word])
        else:
            self.arguments += 1

    def _take(self, option: ParameterRow, value: str) -> None:
        self.given[option.names[-1]] = value
        self._left -= 1
        if self._left <= 0:
            self.waiting = None

    def _is_option(self, word: str) -> bool:
        return len(word) > 1 and word.startswith("-") and not self.options_end

    def option(self, name: str) -> ParameterRow | None:
        return next((row for row in self.options() if name in row.names), None)

    def options(self) -> Iterator[ParameterRow]:
        return (ParameterRow(*row) for row in self.command.options)

    def argument(self) -> ParameterRow | None:
        """The argument whose turn it is."""
        place = self.arguments
        for each in self.command.arguments:
            row = ParameterRow(*each)
            if row.takes < 0 or place < row.takes:
                return row
            place -= row.takes
        return None


def offer(root: CommandRow, words: list[str], incomplete: str) -> Offer:
    """What may stand in the place of ``incomplete``, behind ``words`` (which begin behind the program's name)."""
    line = _Line(root)
    for word in words:
        line.read(word)
    if line.waiting is not None:
        return _values(line.waiting, line.given, incomplete)
    if not line.options_end:
        name, given, value = incomplete.partition("=")
        option = line.option(name) if given else None
        if option is not None:
            found = _values(option, line.given, value)
            return Offer([Candidate(f"{name}={each.value}", each.help) for each in found.candidates], found.files)
        if incomplete.startswith("-"):
            return Offer(list(_options(line, incomplete)))
    commands = [
        Candidate(name, CommandRow(*row).help)
        for name, row in line.command.commands.items()
        if name.startswith(incomplete) and not line.arguments
    ]
    argument = line.argument()
    if commands or argument is None:
        return Offer(commands)
    return _values(argument, line.given, incomplete)


def _options(line: _Line, incomplete: str) -> Iterator[Candidate]:
    for row in line.options():
        if row.multiple or row.names[-1] not in line.given:
            yield from (Candidate(name, row.help) for name in row.names if name.startswith(incomplete))


def _values(row: ParameterRow, given: Mapping[str, str], incomplete: str) -> Offer:
    found = look_up(row.source, given, incomplete) if row.source else []
    found += [Candidate(value, words) for value, words in row.values if value.startswith(incomplete)]
    return Offer(found, row.files)
