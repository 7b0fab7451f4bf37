"""What all packages contain: the program's wheel and those of its dependencies, as one folder of pure Python."""

from __future__ import annotations

import email
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
EXTRAS: tuple[str, ...] = ("mqtt",)
"""Extras of the program that the packages contain. After a change: `packaging/build lock`."""
LOCK = Path(__file__).with_name("requirements.txt")
TOOLS = Path(__file__).with_name("tools.txt")

_OLDEST = "3.11"
_PURE = ("--only-binary=:all:", "--platform=any", f"--python-version={_OLDEST}", "--implementation=py", "--abi=none")
_INDEX = """
import json, sys
from iec102_tui.cli import cli
from iec102_tui.cli.completion.index import make
json.dump(make(cli), sys.stdout, separators=(",", ":"))
"""


class NotPure(Exception):
    """A wheel has something compiled in it, and would tie the packages to one processor and one version of Python."""


class Part(NamedTuple):
    """A package inside: its licence as it says itself, the SHA-256 of its wheel, the copyright lines of its licence."""

    name: str
    version: str
    license: str
    home: str
    sha256: str
    copyright: tuple[str, ...]


class Vendored(NamedTuple):
    """``folder`` is what would be `site-packages`; ``tools`` holds shiv, which the one file unpacks itself with.

    ``parts``: the program first, then the others by name.
    """

    folder: Path
    tools: Path
    parts: tuple[Part, ...]

    @property
    def version(self) -> str:
        return self.parts[0].version


def epoch() -> int:
    """The time that everything in a package has: of the commit, so that two builds are equal."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 else 1_767_225_600


def pip(*arguments: object) -> None:
    """Runs pip of this Python. What it says is shown only when it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"pip {' '.join(map(str, arguments))} failed:\n{done.stdout}{done.stderr}")


def lock() -> None:
    """Writes the exact versions that the packages contain, with their sums."""
    named = f".[{','.join(EXTRAS)}]" if EXTRAS else "."
    LOCK.write_text(_locked(named), encoding="utf-8")


def _locked(requirement: str) -> str:
    with tempfile.TemporaryDirectory() as work:
        report = Path(work) / "report.json"
        wheel = built_wheel(Path(work))
        named = requirement.replace(".", str(wheel), 1)
        pip("install", "--dry-run", "--ignore-installed", f"--target={work}", *_PURE, f"--report={report}", named)
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    lines = [
        f"{canonical(each['metadata']['name'])}=={each['metadata']['version']}"
        f" --hash=sha256:{each['download_info']['archive_info']['hashes']['sha256']}\n"
        for each in found
        if canonical(each["metadata"]["name"]) != "iec102-tui"
    ]
    return "".join(sorted(lines))


def built_wheel(folder: Path) -> Path:
    """The program's wheel, built there."""
    pip("wheel", "--no-deps", f"--wheel-dir={folder}", ".")
    (wheel,) = folder.glob("iec102_tui-*.whl")
    return wheel


def vendored(work: Path, wheel: Path | None = None) -> Vendored:
    """Makes the folder below ``work``, of this wheel or of one that is built now. Raises NotPure."""
    wheel = wheel or built_wheel(work)
    folder, tools = work / "site-packages", work / "tools"
    parts = [unpack(wheel, folder)]
    for requirements, target in ((LOCK, folder), (TOOLS, tools)):
        wheels = work / requirements.stem
        pip("download", "--no-deps", "--require-hashes", *_PURE, f"--dest={wheels}", f"--requirement={requirements}")
        parts += [unpack(each, target) for each in sorted(wheels.glob("*.whl"), key=lambda path: path.name.lower())]
    _add_index(folder)
    return Vendored(folder, tools, tuple(parts))


def unpack(wheel: Path, folder: Path) -> Part:
    """Unpacks a wheel that is pure, without what only an installer needs. Raises NotPure."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        about = next(name for name in names if name.endswith(".dist-info/METADATA"))
        tags = archive.read(about.replace("METADATA", "WHEEL")).decode()
        compiled = [name for name in names if name.endswith((".so", ".pyd", ".dylib", ".pth")) or ".data/" in name]
        if "Root-Is-Purelib: true" not in tags or "-none-any" not in tags or compiled:
            raise NotPure(f"{wheel.name} is not pure Python: {', '.join(compiled) or 'its tags say so'}")
        kept = [name for name in names if not name.endswith(("/RECORD", "/WHEEL"))]
        archive.extractall(folder, kept)
        text = archive.read(about).decode()
        licences = [archive.read(name).decode(errors="replace") for name in names if is_licence(name)]
    fields = email.message_from_string(text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Part(
        canonical(fields["Name"]),
        fields["Version"],
        licence_of(fields.get("License-Expression"), fields.get("License"), fields.get_all("Classifier", [])),
        fields.get("Home-page") or _home(fields.get_all("Project-URL", [])),
        digest,
        _copyright(licences),
    )


def is_licence(name: str) -> bool:
    return ".dist-info/" in name and re.search(r"licen[cs]e|copying|notice", name.rpartition("/")[2], re.I) is not None


def licence_of(expression: str | None, text: str | None, classifiers: Sequence[str]) -> str:
    """The licence as an SPDX expression, as far as a package tells it."""
    if expression:
        return expression
    said = " ".join(each.rpartition(":: ")[2] for each in classifiers if each.startswith("License ::")) or text or ""
    for word, name in (("Apache", "Apache-2.0"), ("MIT", "MIT"), ("BSD", "BSD-3-Clause"), ("Python Soft", "PSF-2.0")):
        if word in said:
            return name
    raise SystemExit(f"a licence is not known: {said[:80]!r}")


def _copyright(texts: Iterable[str]) -> tuple[str, ...]:
    lines = (line.strip(" *") for text in texts for line in text.splitlines())
    pattern = r"(copyright )?(\(c\) |© )?\d{4}|copyright \(c\)"
    return tuple(dict.fromkeys(line for line in lines if re.match(pattern, line, re.I)))


def _home(urls: Sequence[str]) -> str:
    """The address of the package itself among those of its changes, its documentation and so on."""
    named = {label.lower().replace(" ", ""): url for label, _, url in (each.partition(", ") for each in urls)}
    labels = ("homepage", "home", "source", "sourcecode", "repository", "github", *named)
    return next((named[label] for label in labels if label in named), "")


def canonical(name: str) -> str:
    """A package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _add_index(folder: Path) -> None:
    """What completion answers from; the zones are those of tzdata and not this machine's."""
    made = run_inside(folder, "-c", _INDEX, PYTHONTZPATH="")
    (folder / "iec102_tui" / "data" / "completion.json").write_text(made, encoding="utf-8")


def run_inside(folder: Path, *arguments: str, **environment: str) -> str:
    """What Python prints with these arguments and the packages of the folder alone."""
    done = subprocess.run(
        [sys.executable, "-S", "-B", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the program inside does not run:\n{done.stderr}")
    return done.stdout


def files_of(folder: Path) -> list[Path]:
    """All files below a folder, in an order that does not change."""
    return sorted(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.relative_to(folder).parts
    )
