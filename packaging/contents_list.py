"""What is inside, as CycloneDX, and the sums of what was built."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from vendored import Part, Vendored

SUMS = "SHA256SUMS"
LIST = "iec102-tui.cdx.json"
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # of URLs, RFC 4122


def write_list(contents: Vendored, output: Path) -> Path:
    """The CycloneDX 1.5 list of the packages inside; the same for the same packages."""
    program, *others = contents.parts
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": uuid.uuid5(_NAMESPACE, repr(contents.parts)).urn,
        "version": 1,
        "metadata": {"component": _component(program, "application")},
        "components": [_component(part, "library") for part in others],
        "dependencies": [{"ref": _purl(program), "dependsOn": [_purl(part) for part in others]}],
    }
    path = output / LIST
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return path


def _component(part: Part, kind: str) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": kind,
        "bom-ref": _purl(part),
        "name": part.name,
        "version": part.version,
        "purl": _purl(part),
        "licenses": [{"expression": part.license}],
        "hashes": [{"alg": "SHA-256", "content": part.sha256}],
    }
    if part.home:
        component["externalReferences"] = [{"type": "website", "url": part.home}]
    return component


def _purl(part: Part) -> str:
    return f"pkg:pypi/{part.name}@{part.version}"


def write_sums(output: Path) -> Path:
    """The sums of all files there, as `sha256sum --check` reads them."""
    path = output / SUMS
    files = sorted(each for each in output.iterdir() if each.is_file() and each.name != SUMS)
    lines = (f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in files)
    path.write_text("".join(lines), encoding="utf-8")
    return path
