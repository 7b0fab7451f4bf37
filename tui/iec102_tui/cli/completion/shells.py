"""The scripts that shells load, and what they are answered: bash 4.4, zsh and fish 3.4 or newer."""

from __future__ import annotations

import os
import re
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    shell_complete,
    split_arg_string,
)

VARIABLE = "_IEC102_TUI_COMPLETE"

_SAFE = re.compile(r"[\w@%+=:,./~-]*", re.ASCII)

# bash takes a colon and an equals sign for ends of words, so it is given what stands behind the last of them.
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line type value
    COMPREPLY=()
    while read -r line; do
        type=${line%%%%,*}
        value=${line#*,}
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                COMPREPLY+=("$value")
                [[ $value == *[:=] ]] && compopt -o nospace
                ;;
        esac
    done < <(env COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" COMP_BREAKS="$COMP_WORDBREAKS" \\
        COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

# Behind what ends so, more is typed into the same word.
_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local type key help
    local -a response plain open described open_described
    (( ! $+commands[%(prog_name)s] )) && return 1
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete %(prog_name)s 2>/dev/null)}")
    for type key help in ${response}; do
        case $type in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain)
                if [[ $help == _ ]]; then
                    [[ $key == *[:=] ]] && open+=("$key") || plain+=("$key")
                else
                    [[ $key == *[:=] ]] && open_described+=("$key:$help") || described+=("$key:$help")
                fi
                ;;
        esac
    done
    [[ -n $described ]] && _describe -V unsorted described -U
    [[ -n $open_described ]] && _describe -V unsorted open_described -U -S ''
    [[ -n $plain ]] && compadd -U -V unsorted -a plain
    [[ -n $open ]] && compadd -U -V unsorted -S '' -a open
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    for line in (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \\
            COMP_CWORD=(commandline -t) %(prog_name)s 2>/dev/null)
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories (commandline -ct)
            case file
                __fish_complete_path (commandline -ct)
            case plain
                echo $parts[2]
        end
    end
end

complete --no-files --keep-order --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Indexed:
    """Answers from the index, for whatever shell."""

    cli: click.Command

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        from iec102_tui.cli.completion.index import index
        from iec102_tui.cli.completion.words import offer

        found = offer(index(self.cli), args, incomplete)
        items: list[CompletionItem[str]] = [
            CompletionItem(each.value, help=" ".join(each.help.split()) or None) for each in found.candidates
        ]
        return [*items, CompletionItem(incomplete, type=found.files)] if found.files else items


class _Bash(_Indexed, BashComplete):
    source_template = _BASH

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._cut = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        if (line := os.environ.get("COMP_LINE")) is None:
            return super().get_completion_args()  # the script of an older version
        point = os.environ.get("COMP_POINT", "")
        before = line.encode()[: int(point)].decode(errors="replace") if point.isdigit() else line
        words = split_arg_string(before)
        incomplete = words.pop() if words and not before[-1:].isspace() else ""
        breaks = [mark for mark in ":=" if mark in os.environ.get("COMP_BREAKS", "")]
        self._cut = max((incomplete.rfind(mark) + 1 for mark in breaks), default=0)
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        if item.type != "plain":
            return super().format_completion(item)
        value = item.value[self._cut :]
        return f"plain,{value if _SAFE.fullmatch(value) else _quoted(value)}"


class _Zsh(_Indexed, ZshComplete):
    source_template = _ZSH


class _Fish(_Indexed, FishComplete):
    source_template = _FISH


def _quoted(value: str) -> str:
    """As it would be typed in bash."""
    return re.sub(r"([^\w@%+=:,./~-])", r"\\\1", value)


def complete(command: click.Command, program: str, instruction: str) -> int:
    """Print the script of a shell (``bash_source``) or answer it (``bash_complete``); 1 for another instruction."""
    for kind in (_Bash, _Zsh, _Fish):
        add_completion_class(kind)
    return shell_complete(command, {}, program, VARIABLE, instruction)


def script(command: click.Command, program: str, shell: str) -> str:
    """The script that a shell loads; ``shell``: bash, zsh or fish."""
    kind: type[ShellComplete] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}[shell]
    made = kind(command, {}, program, VARIABLE)
    return str(kind.source_template % made.source_vars())
