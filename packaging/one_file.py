"""The one file: a zip of pure Python that any Python from 3.11 starts, on any processor."""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from vendored import Vendored, epoch, files_of, is_licence

NAME = "iec102-tui.pyz"

_SHEBANG = b"#!/usr/bin/env python3\n"
_MAIN = Path(__file__).with_name("one_file_main.py")


def build(contents: Vendored, output: Path, _work: Path) -> Path:
    """Writes the file into ``output``."""
    target = output / NAME
    files = list(_files(contents))
    with target.open("wb") as stream:
        stream.write(_SHEBANG)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, data in files:
                archive.writestr(_entry(name), data)
    target.chmod(0o755)
    return target


def _files(contents: Vendored) -> Iterator[tuple[str, bytes]]:
    inside = [(str(path.relative_to(contents.folder)), path.read_bytes()) for path in files_of(contents.folder)]
    digest = hashlib.sha256()
    for name, data in inside:
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    main = _MAIN.read_text(encoding="utf-8").replace("@BUILD@", digest.hexdigest()[:32])
    yield "__main__.py", main.replace("@FILES@", str(len(inside))).encode()
    licences = (path for path in files_of(contents.tools) if is_licence(str(path)))
    for path in (*sorted((contents.tools / "shiv" / "bootstrap").glob("*.py")), *licences):
        yield f"_bootstrap/{path.name}", path.read_bytes()
    for name, data in inside:
        yield f"site-packages/{name}", data


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.gmtime(epoch())[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    entry.create_system = 3
    return entry
