"""The Debian package: the program with all that it imports, for any processor, and what a system expects around it."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from vendored import ROOT, Part, Vendored, epoch, files_of, is_licence, run_inside

_TEMPLATES = Path(__file__).with_name("debian")
_SCRIPTS = ("postinst", "prerm", "postrm")
_NOT_INSIDE = "shiv"
_LIBRARY = "usr/lib/iec102-tui"
_COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/iec102-tui",
    "zsh": "usr/share/zsh/vendor-completions/_iec102-tui",
    "fish": "usr/share/fish/vendor_completions.d/iec102-tui.fish",
}
_SCRIPT = "import sys; from iec102_tui.cli import cli; from iec102_tui.cli.completion.shells import script; "
_SCRIPT += "print(script(cli, 'iec102-tui', sys.argv[1]), end='')"


def build(contents: Vendored, output: Path, work: Path) -> Path:
    """Writes the package into ``output``."""
    tree = work / "debian"
    shutil.copytree(contents.folder, tree / _LIBRARY)
    for licence in [path for path in files_of(tree / _LIBRARY) if is_licence(str(path))]:
        licence.unlink()  # all of them are in the file about copyright
    for module in (tree / _LIBRARY).rglob("*.py"):
        source = module.read_bytes()
        if source.startswith(b"#!"):
            module.write_bytes(source.replace(b"#!", b"#", 1))  # none is started by itself
    _write(tree / "usr/bin/iec102-tui", _template("launcher"), 0o755)
    _write(tree / "usr/share/python3/runtime.d/iec102-tui.rtupdate", _template("rtupdate"), 0o755)
    _write(tree / "etc/iec102-tui/profiles.toml", _template("profiles.toml"))
    for path in sorted((ROOT / "tui" / "iec102_tui" / "data").glob("*.service")):
        _write(tree / "usr/lib/systemd/system" / path.name, unit(path.read_text(encoding="utf-8")))
    for shell, place in _COMPLETIONS.items():
        _write(tree / place, run_inside(contents.folder, "-c", _SCRIPT, shell))
    _add_pages(contents, tree, work)
    _add_documents(contents, tree)
    _add_control(contents, tree)
    return _packed(contents, tree, output)


def unit(text: str) -> str:
    """A unit as the package has it: its program, and its user in place of one that is made at each start."""
    text = text.replace("/usr/local/bin/iec102-tui", "/usr/bin/iec102-tui")
    return text.replace("DynamicUser=yes", "User=iec102-tui\nGroup=iec102-tui")


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _write(path: Path, data: str | bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    path.chmod(mode)


def _compressed(text: str) -> bytes:
    return gzip.compress(text.encode(), 9, mtime=0)


def _add_pages(contents: Vendored, tree: Path, work: Path) -> None:
    pages = work / "man"
    pages.mkdir()
    maker = str(Path(__file__).with_name("man_pages.py"))
    run_inside(contents.folder, maker, str(pages), SOURCE_DATE_EPOCH=str(epoch()))
    for page in files_of(pages):
        folder = Path("usr/share/man", page.parent.relative_to(pages), f"man{page.suffix[1:]}")
        place = folder / f"{page.name}.gz"
        _write(tree / place, _compressed(page.read_text(encoding="utf-8")))


def _add_documents(contents: Vendored, tree: Path) -> None:
    documents = tree / "usr/share/doc/iec102-tui"
    _write(documents / "copyright", copyright_of([part for part in contents.parts if part.name != _NOT_INSIDE]))
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(epoch()))
    entry = f"iec102-tui ({contents.version}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n"
    entry += f" -- The iec102-tui authors <iec102-tui@users.noreply.github.com>  {date}\n"
    _write(documents / "changelog.Debian.gz", _compressed(entry))
    _write(documents / "changelog.gz", _compressed((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))


def copyright_of(parts: Sequence[Part]) -> str:
    """The file about copyright, in Debian's format, with the texts of the licences that Debian does not have."""
    program = parts[0]
    text = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
    text += f"Upstream-Name: {program.name}\nSource: {program.home}\n"
    for part in parts:
        files = "*" if part is program else f"{_LIBRARY}/*{part.name.replace('-', '*')}*"
        holders = "\n  ".join(part.copyright) or f"the authors of {part.name}"
        short = _short(part.license)
        text += f"\nFiles: {files}\nCopyright: {holders}\nLicense: {short}\n"
        text += f"Comment: {part.name} {part.version}, {part.home}\n" if part.home else ""
    for name in dict.fromkeys(_short(part.license) for part in parts):
        text += f"\nLicense: {name}\n" + "".join(
            f" {line}\n" if line else " .\n" for line in _template(f"licenses/{name}").rstrip().split("\n")
        )
    return text


def _short(license_: str) -> str:
    """Debian's word for a licence."""
    words = {"MIT": "Expat", "MIT License": "Expat", "BSD-3-Clause": "BSD-3-clause", "BSD-2-Clause": "BSD-2-clause"}
    words["EPL-2.0 OR BSD-3-Clause"] = "BSD-3-clause"  # ours to choose
    return words.get(license_, license_)


def _add_control(contents: Vendored, tree: Path) -> None:
    control = tree / "DEBIAN"
    size = sum(-(-path.stat().st_size // 1024) for path in files_of(tree))
    words = {"@VERSION@": contents.version, "@SIZE@": str(size), "@HOME@": contents.parts[0].home}
    _write(control / "control", re.sub("@[A-Z]+@", lambda found: words[found[0]], _template("control")))
    _write(control / "conffiles", "/etc/iec102-tui/profiles.toml\n")
    for name in _SCRIPTS:
        _write(control / name, _template(name), 0o755)


def _packed(contents: Vendored, tree: Path, output: Path) -> Path:
    for path in (tree, *tree.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
        elif not path.is_relative_to(tree / "DEBIAN") and path.suffix == ".py":
            path.chmod(0o644)
        os.utime(path, (epoch(), epoch()))
    package = output / f"iec102-tui_{contents.version}_all.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(tree), str(package)]
    # What several threads compress is other bytes on another machine.
    alike = {"SOURCE_DATE_EPOCH": str(epoch()), "DPKG_DEB_THREADS_MAX": "1"}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | alike)
    return package
