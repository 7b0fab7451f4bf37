"""What is inside the packages: pure Python alone, exact versions, known licences."""

import json
import re
import subprocess
import zipfile
from pathlib import Path

import contents_list
import debian_package
import pytest
import vendored
from support.pages import ROOT
from vendored import NotPure, Part, Vendored, canonical, licence_of, unpack

PART = Part("thing", "1.0", "MIT", "https://example.org", "ab" * 32, ("Copyright 2020 Somebody",))
PROGRAM = PART._replace(name="iec102-tui", version="2.0")


def wheel(folder: Path, *names: str, tag: str = "py3-none-any", pure: bool = True) -> Path:
    path = folder / f"some_thing-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some_thing-1.0.dist-info/METADATA", "Name: Some.Thing\nVersion: 1.0\nLicense: MIT\n")
        archive.writestr("some_thing-1.0.dist-info/WHEEL", f"Root-Is-Purelib: {str(pure).lower()}\nTag: {tag}\n")
        archive.writestr("some_thing-1.0.dist-info/RECORD", "")
        archive.writestr("some_thing-1.0.dist-info/licenses/LICENSE", "MIT\n\nCopyright (c) 2020 Somebody\n")
        for name in names:
            archive.writestr(name, "")
    return path


def test_a_pure_wheel_is_unpacked_without_what_installers_need(tmp_path: Path) -> None:
    part = unpack(wheel(tmp_path, "some_thing/__init__.py"), tmp_path / "site")
    assert part[:3] == ("some-thing", "1.0", "MIT")
    assert part.copyright == ("Copyright (c) 2020 Somebody",)
    assert (tmp_path / "site/some_thing/__init__.py").exists()
    assert {path.name for path in (tmp_path / "site").rglob("*") if path.is_file()} == {
        "__init__.py",
        "LICENSE",
        "METADATA",
    }


@pytest.mark.parametrize(
    ("names", "tag", "pure"),
    [
        (("some_thing/fast.cpython-311-x86_64-linux-gnu.so",), "py3-none-any", True),
        (("some_thing-1.0.data/purelib/x.py",), "py3-none-any", True),
        (("start.pth",), "py3-none-any", True),
        ((), "cp311-cp311-manylinux_2_17_x86_64", True),
        ((), "py3-none-any", False),
    ],
)
def test_a_wheel_with_something_compiled_is_refused(
    names: tuple[str, ...], tag: str, pure: bool, tmp_path: Path
) -> None:
    with pytest.raises(NotPure, match="is not pure Python"):
        unpack(wheel(tmp_path, *names, tag=tag, pure=pure), tmp_path / "site")


def test_every_dependency_has_its_version_and_its_sum() -> None:
    """After a change of the dependencies: packaging/build lock."""
    locked = (ROOT / "packaging/requirements.txt").read_text().splitlines()
    for line in (*locked, *(ROOT / "packaging/tools.txt").read_text().splitlines()):
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line), line
    names = {line.partition("==")[0] for line in locked}
    project = (ROOT / "pyproject.toml").read_text()
    block = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert block
    wanted = {canonical(re.split(r"[<>=\[]", text)[0]) for text in re.findall(r'"([^"]+)"', block[1])}
    assert wanted <= names


@pytest.mark.parametrize(
    ("expression", "text", "classifiers", "licence"),
    [
        ("BSD-3-Clause", None, [], "BSD-3-Clause"),
        (None, None, ["License :: OSI Approved :: MIT License"], "MIT"),
        (None, "BSD", [], "BSD-3-Clause"),
        (None, "Apache-2.0", [], "Apache-2.0"),
    ],
)
def test_a_licence_is_told(expression: str | None, text: str | None, classifiers: list[str], licence: str) -> None:
    assert licence_of(expression, text, classifiers) == licence


def test_a_licence_that_nobody_tells_ends_the_build() -> None:
    with pytest.raises(SystemExit, match="licence is not known"):
        licence_of(None, "do as you like", [])


def test_everything_has_the_time_of_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert vendored.epoch() == 1_700_000_000


# The list, and the Debian package


def test_the_list_names_each_part_with_its_sum(tmp_path: Path) -> None:
    contents = Vendored(tmp_path, tmp_path, (PROGRAM, PART))
    first = contents_list.write_list(contents, tmp_path).read_bytes()
    document = json.loads(first)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    assert document["metadata"]["component"]["purl"] == "pkg:pypi/iec102-tui@2.0"
    assert [each["purl"] for each in document["components"]] == ["pkg:pypi/thing@1.0"]
    assert document["components"][0]["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert contents_list.write_list(contents, tmp_path).read_bytes() == first


def test_the_sums_are_checked_by_the_usual_tool(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")
    contents_list.write_sums(tmp_path)
    contents_list.write_sums(tmp_path)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)
    assert (tmp_path / "SHA256SUMS").read_text().count("\n") == 1


@pytest.mark.parametrize("name", ["iec102-gateway@.service", "iec102-collect.service"])
def test_a_unit_of_the_package_has_its_paths_and_its_user(name: str) -> None:
    text = (ROOT / "tui/iec102_tui/data" / name).read_text()
    unit = debian_package.unit(text)
    assert "ExecStart=/usr/bin/iec102-tui --profiles" in unit
    assert "User=iec102-tui" in unit
    assert "DynamicUser" not in unit
    assert "/usr/local" not in unit
    assert "/etc/iec102-tui/profiles.toml" in unit


def test_the_file_about_copyright_names_each_part_and_each_licence() -> None:
    text = debian_package.copyright_of([PROGRAM, PART._replace(license="PSF-2.0")])
    assert "Files: *\nCopyright: Copyright 2020 Somebody\nLicense: Expat\n" in text
    assert "Files: usr/lib/iec102-tui/*thing*\n" in text
    assert "\nLicense: Expat\n Permission is hereby granted" in text
    assert "\nLicense: PSF-2.0\n " in text
